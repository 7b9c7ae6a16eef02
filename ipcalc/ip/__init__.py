"""IP policies, and the split of licence income that they ask for."""
