"""``manage.py import_roster FILE``: the roster import without a browser, by the same services."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError
from django.utils import timezone

from cooperative.accounts.models import User
from cooperative.membership.models import Roster, Union
from cooperative.membership.roster.report import write_report
from cooperative.membership.roster.selectors import problem_counts
from cooperative.membership.roster.services import confirm_roster, record_report, upload_roster
from core.errors import Refused
from core.jobs import run_job_now
from core.management.job_command import BAD_INPUT, JobCommand
from core.models import JobRun


class Command(JobCommand):
    """One officer uploads, another confirms: the command asks for both, as the pages do."""

    help = "Check a roster (.xlsx or .csv) and import it into a grassroots union."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--union", required=True, help="code of the grassroots union")
        parser.add_argument("--uploaded-by", required=True, help="sign-in name of a convener")
        parser.add_argument("--confirmed-by", help="sign-in name of a reviewer, another person")
        parser.add_argument("--dry-run", action="store_true", help="check only, import nothing")
        parser.add_argument(
            "--report", type=Path, help="write the rows with problems to this .xlsx"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, report and, unless told otherwise, import."""
        if not options["dry_run"] and not options["confirmed_by"]:
            raise CommandError(
                "--confirmed-by is missing: another officer has to confirm.", returncode=BAD_INPUT
            )
        try:
            self._run(options)
        except Refused as refused:
            raise CommandError(str(refused), returncode=BAD_INPUT) from refused

    def _run(self, options: dict[str, Any]) -> None:
        uploader = _officer(options["uploaded_by"])
        confirmer = None if options["dry_run"] else _officer(options["confirmed_by"])
        upload = SimpleUploadedFile(options["file"].name, _content(options["file"]))
        union = _union(options["union"])
        roster = upload_roster(union=union, upload=upload, by=uploader, at=timezone.now())
        roster = self._follow(roster, roster.check_run)
        if roster.state == Roster.State.UNREADABLE:
            raise CommandError(roster.reason, returncode=BAD_INPUT)
        self._tell_figures(roster, roster.counts)
        if options["report"]:
            count = write_report(roster, options["report"])
            record_report(roster, by=uploader, at=timezone.now())
            self.stdout.write(f"{options['report']}: {count}")
        if confirmer is None:
            self.stdout.write(self.style.SUCCESS(f"#{roster.pk} 只检查，没有导入。"))
            return
        roster = confirm_roster(roster_id=roster.pk, by=confirmer, at=timezone.now())
        roster = self._follow(roster, roster.import_run)
        self._tell_figures(roster, roster.outcome)
        self.stdout.write(self.style.SUCCESS(f"#{roster.pk} 导入完成。"))

    def _follow(self, roster: Roster, run: JobRun | None) -> Roster:
        """Work a job off here, with its progress; the roster as it is afterwards."""
        assert run is not None
        run_job_now(run, self.show)
        self.stdout.write("")
        run.refresh_from_db()
        if run.state == JobRun.State.FAILED:
            raise CommandError(run.reason)
        return Roster.objects.select_related("union", "check_run").get(pk=roster.pk)

    def _tell_figures(self, roster: Roster, counts: dict[str, Any]) -> None:
        """The figures and the problems as a table."""
        names = {"new": "新增", "updated": "更新", "same": "没有变化"}
        names |= {"bad": "有错误", "left_out": "没有导入"}
        figures = [f"{name} {counts[key]}" for key, name in names.items() if counts.get(key)]
        self.stdout.write(f"{roster.union.name}：" + "，".join(figures))
        for problem in problem_counts(counts):
            mark = "错误" if problem.stops else "提醒"
            self.stdout.write(f"  {mark} {problem.count:>6}  {problem.title}")


def _officer(name: str) -> User:
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise CommandError(f"没有登录名为 {name} 的干部。", returncode=BAD_INPUT)
    return user


def _union(code: str) -> Union:
    union = Union.objects.filter(code=code).first()
    if union is None:
        raise CommandError(f"没有编号为 {code} 的工会。", returncode=BAD_INPUT)
    return union


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", returncode=BAD_INPUT) from error
