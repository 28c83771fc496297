"""Working programs that stand in for services we do not own, at the wire."""
