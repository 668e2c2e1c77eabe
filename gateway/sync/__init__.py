"""What runs between nodes without anybody asking: deliver, push, pull, reconcile."""
