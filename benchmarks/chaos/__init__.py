"""Hotseat under fire: real processes, killed, stopped and restarted at random, while people talk to them and everything stutters.

`python -m benchmarks.chaos --minutes N` runs it. The parts: `storm` is the platform, with faults and a record of what a person
would see; `people` talk; `field` has the processes and the server, and does the shooting; `mind` answers, slowly or not at all;
`check` reads the record, and only the record, and counts what was lost, said twice or in the wrong order.
"""
