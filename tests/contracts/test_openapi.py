"""The OpenAPI document tells the truth: every route answers as it says, whatever is sent."""

import tempfile
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from pydantic import SecretStr
from schemathesis.core.result import Ok

from commandpost.accounts.actions.tokens import create_token_for
from commandpost.demo import fill_with_demo
from commandpost.kit.migrate import upgrade
from commandpost.main import create_app, open_database
from commandpost.settings import Settings

EXAMPLES = 15


def _application(folder: Path):
    password = SecretStr("correct horse battery staple")
    made = Settings(data_dir=folder, demo_password=password, do_not_track="")
    database = open_database(made)
    upgrade(database)
    app = create_app(made, database)
    fill_with_demo(database, made)
    with database.transaction() as session:
        secret = create_token_for(session, username="ann", name="contract", scope="write")
    return app, secret


FOLDER = Path(tempfile.mkdtemp(prefix="commandpost-contract-"))
APP, SECRET = _application(FOLDER)
schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", APP)
# Every check is on. What has the right shape may break a rule (400), what has not may be too large.
schema.config.checks.positive_data_acceptance.expected_statuses += ["400"]
schema.config.checks.negative_data_rejection.expected_statuses += ["413"]


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_a_route_answers_as_documented(case: schemathesis.Case[Any]) -> None:
    response = case.call(headers={"Authorization": f"Bearer {SECRET}"})

    case.validate_response(response)


def test_every_operation_of_the_document_is_tried() -> None:
    documented = {
        f"{method.upper()} {path}"
        for path, operations in APP.openapi()["paths"].items()
        for method in operations
    }
    tried = {each.ok().label for each in schema.get_all_operations() if isinstance(each, Ok)}

    assert tried == documented
    assert len(tried) > 60


def test_every_text_that_is_taken_has_a_limit() -> None:
    """Only a text with a limit is looked at: half a character in any other broke the server."""
    document = APP.openapi()
    taken = [
        operation["requestBody"]["content"]["application/json"]["schema"]
        for operations in document["paths"].values()
        for operation in operations.values()
        if "requestBody" in operation
    ]

    assert _without_limit(taken, document, "body") == set()


def _without_limit(schema: Any, document: Any, where: str) -> set[str]:
    if isinstance(schema, list):
        return set[str]().union(*(_without_limit(each, document, where) for each in schema))
    if not isinstance(schema, dict):
        return set()
    if named := schema.get("$ref"):
        name = named.rpartition("/")[2]
        return _without_limit(document["components"]["schemas"][name], document, name)
    if schema.get("type") == "string":
        return set() if {"maxLength", "enum", "const", "format"} & schema.keys() else {where}
    inside = (_without_limit(part, document, f"{where}.{key}") for key, part in schema.items())
    return set[str]().union(*inside)
