"""Reading what people write: files, positions, shapes, overlays; and writing files safely."""

# what every file is held to, and what messages say when it goes beyond
SIZE = 1 << 20  # bytes of a file
JSON_SIZE = 1 << 24  # of a JSON file, which a program wrote
DEPTH = 32  # levels of tables and lists
ITEMS = 10_000  # items of a list or a table
