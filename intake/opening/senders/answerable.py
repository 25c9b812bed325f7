"""Core: may a letter be answered by a program at all? No when its address is in doubt; the reason is in Chinese for staff."""

from __future__ import annotations

import re

from intake.message import Address, Message
from intake.opening.headers.addresses import is_plausible, names_another_address, registered_domain
from intake.opening.senders.second_opinion import Opinion

_NO_REPLY = re.compile(
    r"^(no[-_.]?reply|do[-_.]?not[-_.]?reply|donotreply|mailer[-_.]?daemon|post[-_.]?master|bounces?)([+\-_.].*)?$", re.I
)

# What is sent there reaches a list's program or all its members.
_LIST = re.compile(r"[-+_](?:subscribe|unsubscribe|request|owner|join|leave|admin|list|l)@|@(?:lists?|groups|listserv|mailman)\.", re.I)
# Addresses that only automatic mail is sent from (VERP): whatever comes back there answers a machine.
_RETURN_PATH = re.compile(r"^(?:(?:catchall|bounces?|return|returns|verp)[+=-][^@]+|[^@]+[-_.]bounces?(?:[+=-][^@]*)?)@", re.I)


def find_reason(message: Message, senders: tuple[Address, ...], own: frozenset[str], opinion: Opinion) -> str:
    """Why no program may answer this letter, "" when it may. Every address defect counts (RFC 3834 4; public-corpora.md)."""
    reason = _sender_reason(message, senders)
    if reason:
        return reason
    if opinion.given and opinion.sender and opinion.sender.lower() != message.sender.address.lower() and is_plausible(opinion.sender):
        return "发件地址有两种读法"
    if opinion.address_defects:
        return "发件地址写法异常"
    if message.to and all(_RETURN_PATH.match(address.address) for address in message.to):
        return "寄往退信专用的地址"
    return _reply_to_reason(message, own)


def replies_elsewhere(message: Message) -> bool:
    """True when an answer would go to another registered domain than the letter came from: a fact for a person to judge."""
    home = registered_domain(message.sender.address)
    return any(registered_domain(address.address) != home for address in message.reply_to if address.address)


def _sender_reason(message: Message, senders: tuple[Address, ...]) -> str:
    if not message.sender.address:
        return "没有发件地址"
    if not is_plausible(message.sender.address):
        return "发件地址不完整或不可用"
    if len(senders) > 1:
        return "发件地址不止一个"
    if names_another_address(message.sender):
        return "显示的发件地址与实际地址不一致"
    return ""


def _reply_to_reason(message: Message, own: frozenset[str]) -> str:
    if len({address.address.lower() for address in message.reply_to}) > 1:
        return "回信地址不止一个"
    for address in message.reply_to:
        if not is_plausible(address.address):
            return "回信地址不完整或不可用"
        if address.address.lower() in own:
            return "回信地址是本邮箱"
        if _NO_REPLY.match(address.address.partition("@")[0]):
            return "回信地址不收信"
        if _LIST.search(address.address):
            return "回信地址是邮件列表"
        if names_another_address(address):
            return "显示的回信地址与实际地址不一致"
    return ""
