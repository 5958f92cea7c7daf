"""``python -m miniapp.server.openapi`` prints the OpenAPI document."""

import json
import sys

from miniapp.server.app import openapi

sys.stdout.write(json.dumps(openapi(), indent=2) + "\n")
