"""The minds behind the interviewer and grader ports: each in a room of its own, imported only where it is chosen."""
