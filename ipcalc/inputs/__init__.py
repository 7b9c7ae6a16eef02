"""Reading what people write: files, positions, shapes, overlays; and writing files safely."""
