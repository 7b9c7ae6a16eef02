"""Open Cap Format: a company's securities as packages of the Open Cap Table Coalition hold them."""

from ipcalc.equity.ocf.reading import read as read
from ipcalc.equity.ocf.writing import write as write
