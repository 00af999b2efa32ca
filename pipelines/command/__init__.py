"""The `onramp` command: its verbs, options, messages and exit codes.

Does not hold jobs or definitions (see `pipelines.jobs`, `pipelines.build`).
"""
