"""Pictures of feedback as PNG, each with the same said in words. Pillow is imported only when one is drawn."""
