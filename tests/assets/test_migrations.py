"""Dagster's scripts of migration, read once."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest
from alembic.script import ScriptDirectory

from assets.migrations import migrations_read_once


def test_all_databases_of_an_instance_read_them_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    make = ScriptDirectory.__init__

    def counted(self: ScriptDirectory, *given: object, **named: object) -> None:
        made.append(self)
        make(self, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(ScriptDirectory, "__init__", counted)
    before = vars(ScriptDirectory)["from_config"]
    with migrations_read_once(), dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        assert instance.get_runs() == []
        instance.report_runless_asset_event(dg.AssetMaterialization("tried"))
        assert len(made) == 1
    assert vars(ScriptDirectory)["from_config"] is before
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        assert instance.get_latest_materialization_event(dg.AssetKey("tried"))
