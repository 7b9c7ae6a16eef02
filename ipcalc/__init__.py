"""Does a project fit a funding scheme's rules, and who gets what when the invention earns money?"""

__version__ = "0.1.0"
