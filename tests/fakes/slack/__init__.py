"""A stand-in for Slack at the wire: its Web API with limits, Socket Mode, signed HTTP deliveries, people who type and press.

`python -m tests.fakes.slack` runs it as a program. It keeps its workspace in memory and knows nothing of Hotseat.
"""

from tests.fakes.slack.people import Member
from tests.fakes.slack.server import FakeSlack, Fault
from tests.fakes.slack.workspace import Message

__all__ = ["FakeSlack", "Fault", "Member", "Message"]
