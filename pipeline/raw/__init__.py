"""What people put under data/raw."""
