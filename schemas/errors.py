"""What can go wrong with the contract, by what must be done: retry, reject, or mend a bug."""


class SchemaError(Exception):
    """Base of every error of this package."""


class RegistryUnavailable(SchemaError):
    """Retry: the schema registry did not answer, or answered that it cannot now."""


class KafkaUnavailable(SchemaError):
    """Retry: no Kafka broker answered within the time given."""


class UnknownSchema(SchemaError):
    """Reject: the registry answered, and has no such schema."""


class Undecodable(SchemaError):
    """Reject: these bytes are no event.

    ``reason`` is the code that dead letters carry (empty, magic, unknown_schema, undecodable,
    trailing), ``detail`` says in Chinese what the source system did.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class RuleBroken(SchemaError):
    """Reject: an event of the right shape that cannot be true or must not be sent.

    ``rule`` is a stable code in English, ``detail`` says in Chinese what is wrong; neither ever
    holds the value refused, which may be about a person.
    """

    def __init__(self, field: str, rule: str, detail: str) -> None:
        super().__init__(f"{field} [{rule}]: {detail}")
        self.field = field
        self.rule = rule
        self.detail = detail


class Incompatible(SchemaError):
    """Bug: the registry refuses a version that cannot read what earlier ones wrote."""


class TopicDiffers(SchemaError):
    """Bug or hand-made topic: a topic exists with a configuration that would give wrong figures."""
