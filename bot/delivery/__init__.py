"""Getting every event handled once and every reply out once, in order: the only place that knows about redelivery."""
