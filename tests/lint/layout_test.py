"""The layout check finds each thing it is there to find, and leaves a sound tree alone."""

import os
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import layout  # noqa: E402

GUARDED = "#ifndef CRADLE_{0}_\n#define CRADLE_{0}_\n{1}\n#endif\n"

SOUND = {
    "CMakeLists.txt": "add_subdirectory(storage)\nadd_subdirectory(services)\n",
    "storage/CMakeLists.txt": "foreach(PART kv evidence)\n  add_subdirectory(${PART})\nendforeach()\n",
    "storage/kv/CMakeLists.txt": "cradle_library(cradle_kv SOURCES store.cc)\n",
    "storage/kv/README.md": "The store.\n",
    "storage/kv/store.cc": '#include "storage/kv/store.h"\n\n#include <rocksdb/db.h>\n',
    "storage/kv/store.h": GUARDED.format("STORAGE_KV_STORE_H", "#include <string>"),
    "services/CMakeLists.txt": "foreach(PART rules registry monitoring)\n  add_subdirectory(${PART})\nendforeach()\n",
    "services/rules/README.md": "The rules.\n",
    "services/rules/judge.h": GUARDED.format("SERVICES_RULES_JUDGE_H", '#include "storage/evidence/hash.h"'),
    "services/monitoring/README.md": "The list.\n",
    "services/monitoring/view.h": GUARDED.format(
        "SERVICES_MONITORING_VIEW_H", '#include "services/monitoring/core/list.h"\n#include <grpcpp/grpcpp.h>'
    ),
    "services/registry/README.md": "Who.\n",
    "services/registry/view.h": GUARDED.format(
        "SERVICES_REGISTRY_VIEW_H", '#include "services/runtime/view.h"\n#include "cradle/v1/registry.grpc.pb.h"'
    ),
}


def findings_of(changes):
    """The findings in a sound tree with these files added, changed, or (None) taken away."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in {**SOUND, **changes}.items():
            if text is not None:
                os.makedirs(os.path.dirname(os.path.join(root, path)) or root, exist_ok=True)
                with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                    file.write(text)
        subprocess.run(["git", "init", "-q", root], check=True)
        return [f"{path}:{number}: {text}" for path, number, text in layout.findings(root)[1]]


class LayoutTest(unittest.TestCase):
    def assert_one_finding(self, changes, *parts):
        found = findings_of(changes)
        self.assertEqual(len(found), 1, found)
        for part in parts:
            self.assertIn(part, found[0])

    def header(self, path, body):
        return {path: GUARDED.format(path.replace("/", "_").replace(".", "_").upper(), body)}

    def test_sound_tree_has_no_findings(self):
        self.assertEqual(findings_of({}), [])

    def test_store_may_include_nothing_of_ours(self):
        self.assert_one_finding(
            self.header("storage/kv/x.h", '#include "storage/evidence/hash.h"'),
            "storage/kv/x.h:3", 'may not include "storage/evidence/hash.h"',
        )

    def test_service_may_not_include_another(self):
        self.assert_one_finding(
            self.header("services/registry/x.h", '#include "services/tracking/view.h"'),
            'may not include "services/tracking/view.h"',
        )

    def test_pure_core_may_not_include_the_service_around_it(self):
        self.assert_one_finding(
            self.header("services/monitoring/core/x.h", '#include "services/monitoring/view.h"'),
            'may not include "services/monitoring/view.h"',
        )

    def test_client_may_include_a_core_and_no_service(self):
        readme = {"clients/cli/README.md": "For people.\n"}
        core = self.header("clients/cli/x.h", '#include "services/audit/core/verify.h"')
        self.assertEqual(findings_of({**readme, **core}), [])
        service = self.header("clients/cli/x.h", '#include "services/audit/service.h"')
        self.assert_one_finding({**readme, **service}, 'may not include "services/audit/service.h"')

    def test_rules_may_not_speak_grpc(self):
        for include in ("#include <grpcpp/grpcpp.h>", '#include "cradle/v1/ledger.grpc.pb.h"', "#include <rocksdb/db.h>"):
            found = findings_of(self.header("services/rules/x.h", include))
            self.assertTrue(any("services/rules is pure" in f for f in found), found)

    def test_rules_may_not_read_the_clock(self):
        body = "inline auto Now() { return std::chrono::system_clock::now(); }"
        self.assert_one_finding(self.header("services/rules/x.h", body), "reads no clock")

    def test_only_the_store_uses_the_engine(self):
        self.assert_one_finding(
            self.header("services/registry/x.h", "#include <rocksdb/db.h>"), "RocksDB is used in storage/kv alone"
        )

    def test_include_goes_by_the_path_from_the_root(self):
        self.assert_one_finding(self.header("storage/kv/x.h", '#include "store.h"'), "by its path from the root")

    def test_guard_is_the_path(self):
        self.assert_one_finding({"storage/kv/x.h": "#pragma once\n"}, "CRADLE_STORAGE_KV_X_H_")

    def test_module_without_readme(self):
        self.assert_one_finding({"storage/kv/README.md": None}, "storage/kv:1", "README.md")

    def test_source_no_build_file_names(self):
        self.assert_one_finding({"storage/kv/lost.cc": "int lost;\n"}, "storage/kv/lost.cc", "never compiled")

    def test_source_named_in_a_loop(self):
        build = SOUND["storage/kv/CMakeLists.txt"] + "foreach(X b c)\n  cradle_test(${X} SOURCES a_${X}.cc)\nendforeach()\n"
        loop = {"storage/kv/CMakeLists.txt": build, "storage/kv/a_b.cc": "int b;\n", "storage/kv/a_c.cc": "int c;\n"}
        self.assertEqual(findings_of(loop), [])
        self.assert_one_finding({**loop, "storage/kv/a_d.cc": "int d;\n"}, "storage/kv/a_d.cc", "never compiled")

    def test_name_of_a_longer_file_does_not_count(self):
        self.assert_one_finding({"storage/kv/re.cc": "int re;\n"}, "storage/kv/re.cc", "never compiled")

    def test_folder_no_build_file_names(self):
        self.assert_one_finding(
            {"services/rules/CMakeLists.txt": "", "services/CMakeLists.txt": "add_subdirectory(registry)\n"},
            "services/rules/CMakeLists.txt", "never built",
        )

    def test_unknown_top_level_folder(self):
        self.assert_one_finding({"misc/notes.txt": "x\n"}, "top level is fixed")

    def test_test_that_sleeps(self):
        self.assert_one_finding(
            {
                "tests/README.md": "Tests.\n",
                **self.header("tests/x.h", "inline void F() { std::this_thread::sleep_for(a); }"),
            },
            "does not sleep",
        )

    def test_unfinished_work(self):
        self.assert_one_finding({"storage/kv/README.md": "TO" + "DO: all\n"}, "does not belong")

    def test_page_a_reader_does_not_have(self):
        self.assert_one_finding({"storage/kv/README.md": "see DESIGN" + ".md\n"}, "does not belong")

    def test_too_long_a_source(self):
        self.assert_one_finding(
            {"storage/kv/store.cc": "\n" * (layout.LINES_OF_SOURCE_MAX + 1)}, "split it along a seam"
        )

    def test_too_long_a_readme(self):
        self.assert_one_finding({"storage/kv/README.md": "\n" * (layout.LINES_OF_README_MAX + 1)}, "over a screen")


if __name__ == "__main__":
    unittest.main()
