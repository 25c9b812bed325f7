"""Core: frozen words to plain JSON values and back, by their annotations - the one way anything is written to the ledger or the pipe.

Fields that hold their default are left out; `bytes` fields are always left out (they live in the vault). Values annotated `Any` keep
tuples, dates and maps with other keys than text by a `$` tag, so that what comes back equals what went in. A value that does not fit
its annotation raises `ValueError`: JSON that comes out of the reading child is checked by this, never trusted.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Codec:
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]


def value_to_json(value: object, hint: Any = None) -> str:
    """A word (or a value of the annotation `hint`) as JSON text."""
    plain = value_to_plain(value, hint)
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return text if _encodable(text) else json.dumps(plain, separators=(",", ":"))


def json_to_value(text: str, hint: type[T]) -> T:
    """The word that `value_to_json` wrote; raises ValueError when the text is something else."""
    return plain_to_value(json.loads(text), hint)


def value_to_plain(value: object, hint: Any = None) -> Any:
    """A word as dicts, lists, texts and numbers."""
    annotation: Any = type(value) if hint is None else hint
    return _codec(annotation).encode(value)


def plain_to_value(plain: Any, hint: type[T]) -> T:
    """The word of the annotation `hint` from its plain form; raises ValueError for anything that does not fit."""
    annotation: Any = hint
    try:
        return cast(T, _codec(annotation).decode(plain))
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"not a {getattr(hint, '__name__', hint)}: {error}") from error


def _encodable(text: str) -> bool:
    """False when lone surrogates (undecodable bytes of a letter) would refuse to become UTF-8."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


@cache
def _codec(hint: Any) -> _Codec:
    if hint in _SCALARS:
        return _scalar(hint)
    if is_dataclass(hint):
        return _record(cast(type, hint))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _Codec(lambda value: value.value, hint)
    return _generic(hint, get_origin(hint), get_args(hint))


def _generic(hint: Any, origin: Any, arguments: tuple[Any, ...]) -> _Codec:
    if origin is Literal:
        return _Codec(lambda value: value, lambda plain: _one_of(plain, arguments))
    if origin is tuple:
        return _many(arguments[0]) if arguments[1:] == (...,) else _row(arguments)
    if origin is Sequence:
        return _many(arguments[0])
    if origin in (Mapping, dict):
        return _mapping(*arguments)
    if origin in (Union, types.UnionType) and len(arguments) == 2 and type(None) in arguments:
        return _optional(next(a for a in arguments if a is not type(None)))
    return _Codec(_any_to_plain, _plain_to_any)


_SCALARS: Mapping[Any, tuple[type, ...]] = {str: (str,), bool: (bool,), int: (int,), float: (int, float), datetime: (str,), date: (str,)}


def _scalar(hint: Any) -> _Codec:
    if hint in (datetime, date):
        return _Codec(lambda moment: moment.isoformat(), lambda plain: hint.fromisoformat(plain))
    accepted = _SCALARS[hint]

    def decode(plain: Any) -> Any:
        if not isinstance(plain, accepted):
            raise ValueError(f"{plain!r:.80} is not {hint.__name__}")
        return plain

    return _Codec(lambda value: value, decode)


def _one_of(plain: Any, choices: tuple[Any, ...]) -> Any:
    if plain not in choices:
        raise ValueError(f"{plain!r:.80} is none of {choices}")
    return plain


def _many(item: Any) -> _Codec:
    inner = _codec(item)
    return _Codec(lambda values: [inner.encode(v) for v in values], lambda plain: tuple([inner.decode(p) for p in _listed(plain)]))


def _row(items: tuple[Any, ...]) -> _Codec:
    inner = [_codec(item) for item in items]

    def decode(plain: Any) -> tuple[Any, ...]:
        return tuple(codec.decode(p) for codec, p in zip(inner, _listed(plain), strict=True))

    return _Codec(lambda values: [codec.encode(v) for codec, v in zip(inner, values, strict=True)], decode)


def _listed(plain: Any) -> list[Any]:
    if not isinstance(plain, list):
        raise ValueError(f"{plain!r:.80} is not a list")
    return plain


def _mapping(key: Any, item: Any) -> _Codec:
    keys, items = _codec(key), _codec(item)

    def encode(values: Mapping[Any, Any]) -> dict[str, Any]:
        return {str(keys.encode(k)): items.encode(v) for k, v in values.items()}

    def decode(plain: Any) -> dict[Any, Any]:
        return {keys.decode(k): items.decode(v) for k, v in plain.items()}

    return _Codec(encode, decode)


def _optional(hint: Any) -> _Codec:
    inner = _codec(hint)
    return _Codec(
        lambda value: None if value is None else inner.encode(value),
        lambda plain: None if plain is None else inner.decode(plain),
    )


def _record(cls: type) -> _Codec:
    hints = get_type_hints(cls)
    kept = [(field, field.name, _codec(hints[field.name])) for field in fields(cls) if hints[field.name] is not bytes]
    texts = frozenset(name for _, name, _ in kept if hints[name] is str)
    asked = [(name, name in texts, codec.encode, *_default(field)) for field, name, codec in kept]

    def encode(value: Any) -> dict[str, Any]:
        # Most fields hold their default, which is left out where that gives it back exactly (1, 1.0 and True are different values).
        plain: dict[str, Any] = {}
        for name, is_text, inner, default, make in asked:
            held = getattr(value, name)
            if held is default or (type(held) is type(default) and held == default) or (make is not None and held == make()):
                continue
            plain[name] = held if is_text else inner(held)
        return plain

    decoders = {name: codec.decode for _, name, codec in kept}

    def decode(plain: Any) -> Any:
        # Over what is there, not over what could be: most fields hold their default and are not written. Most of what is there is text.
        return cls(**{
            name: held if name in texts and type(held) is str else decoders[name](held) for name, held in plain.items() if name in decoders
        })  # fmt: skip

    return _Codec(encode, decode)


def _default(field: Field[Any]) -> tuple[Any, Callable[[], Any] | None]:
    """A field's default, and what makes one where it is made anew for every value."""
    return field.default, None if field.default_factory is MISSING else field.default_factory


def _any_to_plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, datetime):
        return {"$datetime": value.isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    return _collection_to_plain(value)


def _collection_to_plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return {"$tuple": [_any_to_plain(v) for v in value]}
    if isinstance(value, list):
        return [_any_to_plain(v) for v in value]
    if isinstance(value, (set, frozenset)):
        return {"$set": [_any_to_plain(v) for v in sorted(value, key=repr)]}
    if not isinstance(value, Mapping):
        raise TypeError(f"no plain form for {type(value).__name__}")
    if all(type(k) is str and not k.startswith("$") for k in value):
        return {k: _any_to_plain(v) for k, v in value.items()}
    return {"$map": [[_any_to_plain(k), _any_to_plain(v)] for k, v in value.items()]}


def _plain_to_any(plain: Any) -> Any:
    if isinstance(plain, list):
        return [_plain_to_any(p) for p in plain]
    if not isinstance(plain, dict):
        return plain
    tag = next(iter(plain), "")
    if len(plain) == 1 and tag in _TAGS:
        return _TAGS[tag](plain[tag])
    return {k: _plain_to_any(v) for k, v in plain.items()}


_TAGS: Mapping[str, Callable[[Any], Any]] = {
    "$datetime": datetime.fromisoformat,
    "$date": date.fromisoformat,
    "$tuple": lambda held: tuple(_plain_to_any(p) for p in held),
    "$set": lambda held: frozenset(_plain_to_any(p) for p in held),
    "$map": lambda held: {_plain_to_any(k): _plain_to_any(v) for k, v in held},
}
