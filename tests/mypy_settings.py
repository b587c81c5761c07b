"""The settings as mypy's Django plugin reads them: it opens no database and seals nothing."""

import base64
import os

for name, value in {
    "SECRET_KEY": "only for reading types",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "FIELD_KEYS": "k1:" + base64.b64encode(bytes(32)).decode(),
    "BLIND_INDEX_KEY": base64.b64encode(bytes(32)).decode(),
}.items():
    os.environ.setdefault(name, value)

from config.settings import *  # noqa: E402, F403
