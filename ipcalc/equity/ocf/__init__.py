"""Open Cap Format: a company's securities as the Open Cap Table Coalition's packages hold them, in and out."""

from ipcalc.equity.ocf.reading import read as read
from ipcalc.equity.ocf.writing import write as write
