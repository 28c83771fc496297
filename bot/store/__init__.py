"""Where state lives: every key and script behind named operations, and the bundled server for people who have none.

Importing this package loads nothing; `valkey` brings the client, `embedded` the standard library only.
"""
