"""The mind that is Claude: an interviewer and a grader behind the ports of `bot.interview`.

Importing anything here does not import the SDK; `client.make_client` does, and `client.warm_up` does so ahead of time.
"""
