"""From a partner's row to its connector: the connection is a file, so the next register needs no code."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from gateway.errors import Misuse
from gateway.partners.connector import Connector, read_options
from gateway.partners.rest import RestConnector, RestOptions
from gateway.partners.soap_security import Identities


def connection(name: str) -> dict[str, Any]:
    """The options of a connection by its name (that of the partner's mapping profile) or its YAML file.

    Misuse where there is none, or where the file is not a table of options.
    """
    if re.fullmatch(r"[a-z0-9-]+", name):
        file = Path(str(resources.files("gateway.partners"))) / "connections" / f"{name}.yaml"
    else:
        file = Path(name)
    try:
        values = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse("There is no connection of this name and no such file.", where=name) from error
    except yaml.YAMLError as error:
        raise Misuse("The file of the connection is not YAML.", where=name) from error
    if not isinstance(values, dict):
        raise Misuse("The file of the connection is not a table of options.", where=name)
    return values


def connect(
    endpoint: str, values: Mapping[str, Any], *, where: str = "connection", identities: Identities | None = None
) -> Connector:
    """A connector for the endpoint; the password or key is read from the variable that the options name.

    With `identities`, a SOAP service is spoken to with signed envelopes (WS-Security).
    """
    kind = values.get("kind")
    if kind == "soap":
        # zeep takes longer to load than most commands to run, and only who speaks SOAP with a register needs it.
        from gateway.partners.soap import SoapConnector, SoapOptions  # noqa: PLC0415

        soap = read_options(SoapOptions, values, where=where)
        return SoapConnector(endpoint, soap, _secret(soap.secret_variable), identities)
    if kind == "rest":
        rest = read_options(RestOptions, values, where=where)
        return RestConnector(endpoint, rest, _secret(rest.secret_variable))
    raise Misuse("The kind of a connection is soap or rest.", where=where)


def _secret(variable: str) -> str:
    if not variable:
        return ""
    secret = os.environ.get(variable, "")
    if not secret:
        raise Misuse(f"Set {variable}: the partner's system asks for a key.", where=variable)
    return secret
