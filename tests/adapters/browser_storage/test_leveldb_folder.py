"""A directory as a whole: sequence numbers across files, deletions, files left behind, and bounds."""

from __future__ import annotations

import gc
import random
import tracemalloc
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codexbar_qt.adapters.browser_storage import leveldb_folder
from codexbar_qt.adapters.browser_storage.chromium_indexed import read_indexed
from codexbar_qt.adapters.browser_storage.leveldb_folder import read_newest, read_records
from codexbar_qt.adapters.browser_storage.leveldb_manifest import find_obsolete, is_database_file
from codexbar_qt.adapters.browser_storage.problem import StorageUnreadable
from codexbar_qt.adapters.browser_storage.reading import LONGEST_STORED, Reading
from tests.adapters.browser_storage.leveldb_writer import NONE, SNAPPY, ZSTANDARD, Row, batch, edit, log, table

if TYPE_CHECKING:
    from pathlib import Path

ALL = (b"",)


def newest(folder: Path, *prefixes: bytes) -> dict[bytes, bytes]:
    reading = Reading()
    found = dict(read_newest(folder, reading, prefixes or ALL))
    assert reading.damaged == 0
    return found


def put_manifest(folder: Path, *edits: bytes) -> None:
    (folder / "CURRENT").write_bytes(b"MANIFEST-000002\n")
    (folder / "MANIFEST-000002").write_bytes(log(edits))


def test_the_highest_sequence_number_counts_whatever_the_file(tmp_path: Path) -> None:
    (tmp_path / "000009.ldb").write_bytes(table([(b"a", 3, b"old"), (b"b", 4, b"b4"), (b"c", 5, b"c5")], SNAPPY))
    (tmp_path / "000005.sst").write_bytes(table([(b"a", 8, b"new"), (b"b", 2, b"b2")], ZSTANDARD))
    (tmp_path / "000003.log").write_bytes(log([batch(1, [(b"a", b"first")]), batch(9, [(b"c", b"c9")])]))
    assert newest(tmp_path) == {b"a": b"new", b"b": b"b4", b"c": b"c9"}
    assert list(newest(tmp_path)) == [b"c", b"a", b"b"], "the ones written last come first"


def test_a_deletion_hides_older_values_and_no_newer_one(tmp_path: Path) -> None:
    (tmp_path / "000004.ldb").write_bytes(table([(b"a", 1, b"old"), (b"b", 2, b"old"), (b"c", 9, b"again")]))
    (tmp_path / "000006.ldb").write_bytes(table([(b"a", 5, None), (b"c", 6, None)]))
    (tmp_path / "000007.log").write_bytes(log([batch(7, [(b"b", b"x"), (b"b", None), (b"d", b"d9")])]))
    assert newest(tmp_path) == {b"c": b"again", b"d": b"d9"}


def test_an_old_table_left_behind_brings_nothing_back(tmp_path: Path) -> None:
    (tmp_path / "000005.ldb").write_bytes(table([(b"token", 10, b"old"), (b"gone", 11, b"old")]))
    (tmp_path / "000012.ldb").write_bytes(table([(b"token", 90, b"new"), (b"gone", 91, None)]))
    assert newest(tmp_path) == {b"token": b"new"}


def test_a_replaced_table_does_not_bring_back_what_a_compaction_dropped(tmp_path: Path) -> None:
    (tmp_path / "000005.ldb").write_bytes(table([(b"gone", 11, b"old")]))
    (tmp_path / "000003.log").write_bytes(log([batch(11, [(b"gone", b"old")])]))
    (tmp_path / "000012.ldb").write_bytes(table([(b"kept", 90, b"new")]))
    (tmp_path / "000011.log").write_bytes(log([batch(95, [(b"fresh", b"1")])]))
    assert newest(tmp_path) == {b"gone": b"old", b"kept": b"new", b"fresh": b"1"}
    put_manifest(tmp_path, edit(new=[5]), edit(log_number=11, new=[12], deleted=[5]))
    assert newest(tmp_path) == {b"kept": b"new", b"fresh": b"1"}


@pytest.mark.parametrize("case", ["missing table", "torn", "damaged", "no current", "wrong current", "younger"])
def test_a_manifest_that_does_not_fit_hides_no_file(tmp_path: Path, case: str) -> None:
    names = ["000005.ldb", "000012.ldb"]
    put_manifest(tmp_path, edit(new=[5]), edit(new=[12], deleted=[5]))
    manifest = tmp_path / "MANIFEST-000002"
    if case == "missing table":
        put_manifest(tmp_path, edit(new=[12, 13], deleted=[5]))
    elif case == "torn":
        manifest.write_bytes(manifest.read_bytes()[:-3])
    elif case == "damaged":
        data = bytearray(manifest.read_bytes())
        data[60] ^= 1
        manifest.write_bytes(data)
    elif case == "no current":
        (tmp_path / "CURRENT").unlink()
    elif case == "wrong current":
        (tmp_path / "CURRENT").write_bytes(b"../MANIFEST-000002\n")
    else:
        put_manifest(tmp_path, edit(new=[5]))
    assert find_obsolete(tmp_path, names, Reading()) == frozenset()


def test_only_the_files_of_a_database_are_copied_and_read(tmp_path: Path) -> None:
    rows: list[Row] = [(b"a", 1, b"1")]
    for name in ("LOCK", "LOG", "LOG.old", "000001.dbtmp", "x000001.ldb", "000001.ldb.bak", "000009.blob"):
        (tmp_path / name).write_bytes(table(rows))
        assert not is_database_file(name)
    assert newest(tmp_path) == {}
    assert all(map(is_database_file, ("CURRENT", "MANIFEST-000001", "000003.log", "000004.ldb", "1.sst")))


def test_prefixes_are_exact(tmp_path: Path) -> None:
    rows: list[Row] = [(b"ax", 1, b"1"), (b"ay", 2, b"2"), (b"b", 3, b"3"), (b"bx", 4, b"4"), (b"c", 5, b"5")]
    (tmp_path / "000004.ldb").write_bytes(table(rows[:3], block_bytes=1))
    (tmp_path / "000005.log").write_bytes(log([batch(4, [(b"bx", b"4"), (b"c", b"5")])]))
    assert newest(tmp_path, b"ay", b"b") == {b"bx": b"4", b"b": b"3", b"ay": b"2"}


def test_a_value_above_the_limit_is_absent_and_hides_the_older_one(tmp_path: Path) -> None:
    big = bytes(LONGEST_STORED + 1)
    (tmp_path / "000005.log").write_bytes(
        log([batch(1, [(b"a", b"old"), (b"b", big[:-1]), (b"a", big), (big, b"1"), (b"c", big), (b"c", b"small")])])
    )
    assert newest(tmp_path) == {b"b": big[:-1], b"c": b"small"}


def test_more_than_may_be_kept_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leveldb_folder, "MOST_KEPT_BYTES", 100_000)
    (tmp_path / "000005.log").write_bytes(log(batch(n, [(b"same", bytes(30_000))]) for n in range(20)))
    assert len(newest(tmp_path)[b"same"]) == 30_000
    (tmp_path / "000006.log").write_bytes(log(batch(n, [(b"k%d" % n, b"")]) for n in range(400)))
    with pytest.raises(StorageUnreadable) as refused:
        newest(tmp_path)
    assert refused.value.kind == "too_large"
    assert len(newest(tmp_path, b"k1")) == 111, "only what is wanted counts"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_files_in_any_arrangement_are_the_map_that_was_written(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    keys, value = st.sampled_from([b"a", b"ab", b"abc", b"b", b"b\0"]), st.none() | st.binary(max_size=5)
    changes = data.draw(st.lists(st.tuples(keys, value), max_size=40))
    expected: dict[bytes, bytes | None] = dict(changes)
    files: dict[int, list[Row]] = {}
    for sequence, (key, content) in enumerate(changes):
        for number in data.draw(st.sets(st.integers(0, 4), min_size=1, max_size=2)):
            files.setdefault(number, []).append((key, sequence, content))
    folder = tmp_path_factory.mktemp("database")
    for number, rows in files.items():
        if number < 2:
            (folder / f"{number:06}.log").write_bytes(log(batch(n, [(key, content)]) for key, n, content in rows))
        else:
            (folder / f"{number:06}.ldb").write_bytes(table(rows, data.draw(st.sampled_from([NONE, SNAPPY])), 8))
    assert newest(folder) == {key: content for key, content in expected.items() if content is not None}


@given(
    st.dictionaries(st.sampled_from(["000001.log", "000002.ldb", "MANIFEST-000003", "CURRENT"]), st.binary(max_size=99))
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_in_a_directory_are_read_without_an_error(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]
) -> None:
    folder = tmp_path_factory.mktemp("database")
    for name, content in files.items():
        (folder / name).write_bytes(content)
    list(read_records(folder, Reading()))
    (folder / "CURRENT").write_bytes(b"MANIFEST-000003")
    (folder / "MANIFEST-000003").write_bytes(log([files.get("CURRENT", b"")]))
    list(read_records(folder, Reading()))


def test_memory_does_not_grow_with_the_directory(tmp_path: Path) -> None:
    noise = random.Random(4)
    for number in range(12):
        rows: list[Row] = [(b"%d-%d" % (number, row), row, noise.randbytes(1000)) for row in range(1000)]
        (tmp_path / f"{number:06}.ldb").write_bytes(table(rows, SNAPPY))
    (tmp_path / "000099.log").write_bytes(log([batch(5000, [(b"wanted", b"1")])]))
    size = sum(file.stat().st_size for file in tmp_path.iterdir())
    assert size > 12_000_000
    assert newest(tmp_path, b"wanted") == {b"wanted": b"1"}  # and everything is imported
    gc.collect()
    tracemalloc.start()
    try:
        assert newest(tmp_path, b"wanted", b"0-99") != {}
        assert read_indexed(tmp_path, "example.com", Reading()) == []
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < size / 10
