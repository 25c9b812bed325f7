"""Core: every check in the order in which its findings are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from config.campaign import Campaign
from intake.checks import across, agreement, basic_info, completeness, deadline, letters, narrative, quota, summary_table, wishes
from intake.submission import Finding, Submission

Check = Callable[[Submission, Campaign, datetime], Iterator[Finding]]
CrossCheck = Callable[[Sequence[Submission], Campaign], Iterator[tuple[str, Finding]]]

CHECKS: tuple[Check, ...] = (
    letters.check_identity,
    letters.check_no_attachment,
    letters.check_files,
    letters.check_isolated,
    letters.check_cloud_files,
    letters.check_scans,
    letters.check_duplicates,
    letters.check_robots,
    letters.check_forms_of_other_years,
    letters.check_questions,
    wishes.check_wishes,
    letters.check_explanations,
    deadline.check_arrival,
    deadline.check_borderline,
    deadline.check_early,
    deadline.check_silence,
    deadline.check_time_evidence,
    quota.check_quota,
    quota.check_any_studio,
    quota.check_counts_agree,
    quota.check_affiliates,
    completeness.check_summaries,
    completeness.check_materials,
    completeness.check_rows,
    completeness.check_paper,
    summary_table.check_head,
    summary_table.check_owner,
    summary_table.check_columns,
    summary_table.check_rows,
    summary_table.check_unread,
    summary_table.check_hidden,
    summary_table.check_money,
    summary_table.check_leaders,
    summary_table.check_doubles,
    summary_table.check_honours,
    summary_table.check_names,
    basic_info.check_boxes,
    basic_info.check_unread,
    basic_info.check_filled_on,
    basic_info.check_running_time,
    basic_info.check_named_by,
    basic_info.check_naming,
    basic_info.check_funding,
    basic_info.check_conversions,
    basic_info.check_sums,
    basic_info.check_foreign_exchange,
    basic_info.check_years_before_founding,
    basic_info.check_honoured,
    basic_info.check_age,
    basic_info.check_leader_honours,
    basic_info.check_members,
    narrative.check_length,
    narrative.check_unread,
    narrative.check_outline,
    narrative.check_mentions,
    narrative.check_whose,
    narrative.check_copies,
    agreement.check_category,
    agreement.check_names,
    agreement.check_conversions,
    agreement.check_money,
    agreement.check_honours,
    agreement.check_both_tables,
    agreement.check_one_leader,
    agreement.check_two_senders,
    agreement.check_named_before,
    agreement.check_two_files,
    agreement.check_unproven,
)

CROSS_CHECKS: tuple[CrossCheck, ...] = (across.cross_check,)
