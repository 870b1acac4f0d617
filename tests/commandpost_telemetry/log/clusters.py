"""A Kafka to write to: the one that COMMANDPOST_TEST_KAFKA names, else librdkafka's own mock."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

QUIET = {"log_level": "0"}
NAMED = os.environ.get("COMMANDPOST_TEST_KAFKA", "")


@contextmanager
def a_cluster() -> Iterator[str]:
    """Yield its brokers."""
    if NAMED:
        yield NAMED
        return
    cluster = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "none", **QUIET})
    found = cluster.list_topics(timeout=10).brokers.values()
    yield ",".join(f"{broker.host}:{broker.port}" for broker in found)


def a_topic(brokers: str, name: str) -> str:
    """Make sure of a topic that takes what the data plane takes; a mock makes its own."""
    if NAMED:
        admin = AdminClient({"bootstrap.servers": brokers})
        wanted = NewTopic(name, 1, config={"max.message.bytes": "5000000"})
        for made in admin.create_topics([wanted]).values():
            made.result()
    return name
