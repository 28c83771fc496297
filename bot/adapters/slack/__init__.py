"""Slack as a chat platform: direct messages, interviews in channel threads, one command, a home page, forms.

`connect` receives, `post` sends; `parse`, `render`, `views` and `text` are pure; `errors` says what a failure means and
`limits` what Slack takes. slack_bolt is imported only when `connect` is.
"""
