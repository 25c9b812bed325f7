"""How long assessing takes: one institution (aim < 50 ms) and a whole campaign of 2 000 read letters (aim < 20 s), one core.

Run `python -m benchmarks.assessment [CAMPAIGNS]` (5; 300 for a whole sweep). Prints the rates that matter too: false-missing, false-complete, wrong claims, questions to staff.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

from config.campaign import Campaign
from config.load import load_campaign
from intake.claiming.sender import Known, identify
from intake.codec import value_to_json
from intake.judging.assessment import assess, assess_all, assessment_fingerprint
from intake.matrix.assembly import Around
from tests.generator.campaign import make_campaign
from tests.generator.received import moment
from tests.unit.intake.judging.judging import judge

NOW = moment("08-05 12:00")


def main() -> None:
    """Measure and print."""
    campaign = load_campaign(Path(__file__).parents[1] / "config" / "campaigns" / "liaoning-2022")
    received, _ = make_campaign(campaign, 1, letters=2000)
    start = time.perf_counter()
    claims = identify(received, campaign, [], Known())
    identified = time.perf_counter()
    assessments = assess_all(received, claims, [], campaign, NOW)
    assessed = time.perf_counter()
    size = sum(len(value_to_json(a)) for a in assessments.values())
    done = time.perf_counter()
    print(
        f"2000 letters: identify {identified - start:.2f} s, assess_all {assessed - identified:.2f} s, to JSON {done - assessed:.2f} s ({size >> 10} KB)"
    )
    times = []
    for institution in campaign.institutions:
        mine = [r for r in received if claims[r.sha256].institution == institution.name]
        begin = time.perf_counter()
        assessment_fingerprint(assess(institution, mine, [], campaign, NOW, Around(claims)))
        times.append((time.perf_counter() - begin) * 1000)
    print(f"one institution: median {statistics.median(times):.1f} ms, slowest {max(times):.1f} ms")
    sweep(campaign, int(sys.argv[1]) if len(sys.argv) > 1 else 5)


def sweep(campaign: Campaign, seeds: int) -> None:
    """So many invented campaigns (20 unions, 130 letters each) judged against their truth; every fault is printed with its seed."""
    letters, asked, faults = 0, 0.0, 0
    for seed in range(seeds):
        verdict = judge(*make_campaign(campaign, seed, institutions=20, letters=130), campaign, NOW)
        letters, asked = letters + verdict.letters, asked + verdict.questions * verdict.letters
        found = (*verdict.false_missing, *verdict.false_complete, *verdict.wrong_claims, *verdict.unseen_missing, *verdict.false_words)
        faults += len(found)
        for fault in found:
            print(f"campaign {seed}: {fault}")
    print(f"{seeds} campaigns, {letters} letters: {faults} faults, questions to staff {asked / letters:.2%}")


if __name__ == "__main__":
    main()
