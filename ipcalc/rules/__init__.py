"""The rule language: text is read into one typed tree, and the tree has readings.

``reader`` makes the tree and checks its types; ``evaluate`` and ``words`` read it. A further reading is a
further module: nothing here knows the readings.
"""
