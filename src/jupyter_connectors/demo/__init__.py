"""Two MCP servers over an embedded database, to try everything without an account: acme-billing and acme-crm.

`python -m jupyter_connectors.demo.billing` and `python -m jupyter_connectors.demo.crm` serve on stdio; `--http PORT` serves
the same at 127.0.0.1:PORT/mcp. They are separate programs and know nothing of the package around them.
"""
