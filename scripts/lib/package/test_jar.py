"""Runs an executable jar as a stranger would: JAR JAVA MODEL [TEST...]. In an empty environment, without a network, from a folder whose name
has blanks and letters beyond ASCII. MODEL is a small language model's file."""

import json
import os
import pathlib
import platform
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile

JAR, JAVA, MODEL = (pathlib.Path(argument) for argument in sys.argv[1:4])
with zipfile.ZipFile(JAR) as opened:
    # Folders of vendors' runtimes in the jar: runtimes/NAME/PLATFORM.
    RUNTIMES = {name.split("/")[1]: name.rpartition("/")[0] for name in opened.namelist() if name.startswith("runtimes/")}
NOTICE = "WARNING: Using incubator modules: jdk.incubator.vector\n"
NOBODY = 65534
# Seconds; an emulated processor takes minutes.
PATIENCE = 900


MODULES = subprocess.run([JAVA, "--list-modules"], capture_output=True, text=True, check=True).stdout
HAS_VECTOR = "jdk.incubator.vector@" in MODULES
EMULATED = platform.machine() == "x86_64" and "aarch64" in JAR.name
needs_vector = unittest.skipUnless(HAS_VECTOR, f"{JAVA} is without the module jdk.incubator.vector")


class JarTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="gatun jär ")).resolve()
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.jar = self.folder / "gätun 1.jar"
        self.model = self.folder / "möd el.gguf"
        shutil.copy(JAR, self.jar)
        shutil.copy(MODEL, self.model)
        self.home = self.folder / "hö me"
        # Java opens such names in a locale that has them.
        self.environment = {"LC_ALL": "C.UTF-8", "GATUN_HOME": str(self.home)}

    def command(self, *arguments, options=()):
        return [str(JAVA), *options, "-jar", str(self.jar), *arguments]

    def java(self, *arguments, options=(), **more):
        return subprocess.run(
            self.command(*arguments, options=options),
            env=self.environment, cwd=self.folder, capture_output=True, text=True, timeout=PATIENCE, **more)

    def run_model(self, *arguments, options=(), text=None):
        words = [] if text is not None else ["the quick"]
        result = self.java("run", "--offline", "--raw", "--json", "-n", "4", "--temperature", "0", str(self.model),
            *words, *arguments, options=options, input=text)
        self.assertEqual(0, result.returncode, result.stderr)
        return json.loads(result.stdout), result.stderr

    def device(self, document):
        return document["plan"]["devices"][0]["device"].partition(":")[0]

    def natives(self):
        return [path for path in self.home.glob("native/*/*") if path.is_file()]

    def test_cpu_runs_without_flags_and_without_a_word(self):
        document, said = self.run_model()
        self.assertEqual("cpu", self.device(document))
        self.assertEqual("", said)
        self.assertEqual(1, len(self.natives()))

    @needs_vector
    def test_vector_starts_java_anew_and_answers_the_same(self):
        on_cpu, _ = self.run_model()
        on_vector, said = self.run_model("--backend", "vector")
        self.assertEqual("vector", self.device(on_vector))
        self.assertEqual(NOTICE, said)
        self.assertEqual(on_cpu["text"], on_vector["text"])

    @needs_vector
    def test_standard_input_reaches_the_new_java(self):
        given, _ = self.run_model("--backend", "vector")
        piped, _ = self.run_model("--backend", "vector", text="the quick\n")
        self.assertEqual(given["promptTokens"], piped["promptTokens"])

    @needs_vector
    def test_the_archive_of_classes_is_made_once_and_anew_when_damaged(self):
        first, _ = self.run_model("--backend", "vector")
        (archive,) = self.home.glob("cache/jvm/classes-*.jsa")
        made = archive.stat().st_mtime_ns
        second, said = self.run_model("--backend", "vector")
        self.assertEqual((first["text"], NOTICE), (second["text"], said))
        self.assertEqual(made, archive.stat().st_mtime_ns)
        size = archive.stat().st_size
        archive.write_bytes(archive.read_bytes()[:100_000])
        third, said = self.run_model("--backend", "vector")
        self.assertEqual((first["text"], NOTICE), (third["text"], said))
        (archive,) = self.home.glob("cache/jvm/classes-*.jsa")
        self.assertGreater(archive.stat().st_size, size // 2)
        # Another jar has another one, and the old one goes.
        os.utime(self.jar, (1, 1))
        self.run_model("--backend", "vector")
        (other,) = self.home.glob("cache/jvm/classes-*.jsa")
        self.assertNotEqual(archive, other)

    @needs_vector
    def test_without_kernels_the_plan_goes_to_vector_and_says_so(self):
        document, said = self.run_model(options=["-Dgatun.cpu.library=/no/such.so"])
        self.assertEqual("vector", self.device(document))
        missing = self.java("run", "--offline", "--raw", "-n", "2", str(self.model), "x", options=["-Dgatun.cpu.library=/no/such.so"])
        self.assertIn("cpu does not run this", missing.stderr)

    def test_the_exit_code_passes_through(self):
        for more in ([], ["--backend", "vector"]) if HAS_VECTOR else ([],):
            with self.subTest(more):
                result = self.java("run", "--offline", str(self.folder / "nö.gguf"), "x", *more)
                self.assertEqual(3, result.returncode, result.stderr)

    @needs_vector
    def test_signals_reach_the_new_java(self):
        process = subprocess.Popen(
            self.command("run", "--offline", "--raw", "--backend", "vector", str(self.model)),
            env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        # It waits for its prompt; the JVM's notice is the new one's first word.
        self.assertEqual(NOTICE.encode(), process.stderr.readline())
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(143, process.wait(timeout=PATIENCE))
        process.communicate()

    def test_a_home_that_cannot_be_written(self):
        if os.getuid() != 0:
            self.home.mkdir()
            self.home.chmod(0o555)
            self.addCleanup(self.home.chmod, 0o755)
            user = {}
        else:
            # Root may write everywhere; nobody may not.
            self.home.mkdir(mode=0o755)
            for path in (self.folder, self.jar, self.model):
                path.chmod(path.stat().st_mode | stat.S_IROTH | (stat.S_IXOTH if path.is_dir() else 0))
            user = {"user": NOBODY, "group": NOBODY}
        for backend in ("cpu", "vector") if HAS_VECTOR else ("cpu",):
            with self.subTest(backend):
                result = self.java("run", "--offline", "--raw", "--json", "-n", "2", str(self.model), "x", "--backend", backend, **user)
                self.assertEqual(0, result.returncode, result.stderr)
                self.assertEqual(backend, self.device(json.loads(result.stdout)))
                self.assertEqual([], list(self.home.iterdir()))

    @unittest.skipIf(EMULATED, "an emulator maps libraries without asking the system whether they may be executed")
    def test_a_home_without_execution_is_explained(self):
        self.home.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "noexec", "tmpfs", self.home], capture_output=True)
        if mounted.returncode != 0:
            self.skipTest("this user may not mount a file system without execution")
        self.addCleanup(subprocess.run, ["umount", self.home], check=True)
        result = self.java("run", "--offline", "--raw", str(self.model), "x", "--backend", "cpu")
        self.assertEqual(4, result.returncode)
        self.assertIn("noexec", result.stderr)
        self.assertIn("gatun.native.dir", result.stderr)

    def test_many_at_once_in_an_empty_home(self):
        command = self.command("run", "--offline", "--raw", "-n", "2", str(self.model), "x")
        running = [
            subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(4)]
        for process in running:
            _, said = process.communicate(timeout=PATIENCE)
            self.assertEqual((0, b""), (process.returncode, said))
        self.assertEqual(1, len(self.natives()))

    def test_libraries_that_are_files_already_are_not_unpacked(self):
        folder = self.folder / "natives"
        folder.mkdir()
        with zipfile.ZipFile(self.jar) as jar:
            for name in jar.namelist():
                if name.startswith("native/"):
                    (folder / name.rpartition("/")[2]).write_bytes(jar.read(name))
        document, _ = self.run_model(options=[f"-Dgatun.native.dir={folder}"])
        self.assertEqual("cpu", self.device(document))
        self.assertEqual([], self.natives())

    @unittest.skipUnless("openvino" in RUNTIMES, f"{JAR.name} has no OpenVINO inside")
    def test_openvino_inside_answers_and_is_unpacked_with_its_siblings(self):
        on_cpu, _ = self.run_model("--backend", "cpu")
        inside, said = self.run_model("--backend", "openvino")
        self.assertEqual("openvino", self.device(inside))
        self.assertEqual(on_cpu["text"], inside["text"])
        self.assertEqual("", said)
        with zipfile.ZipFile(self.jar) as jar:
            listed = jar.read(RUNTIMES["openvino"] + "/files").decode().split()
        self.assertLessEqual(set(listed), {path.name for path in self.natives()})
        # Files that are there already: nothing is unpacked.
        folder = next(path.parent for path in self.natives() if path.name == listed[0])
        moved = folder.rename(self.folder / "natives")
        shutil.rmtree(self.home)
        document, _ = self.run_model("--backend", "openvino", options=[f"-Dgatun.native.dir={moved}"])
        self.assertEqual("openvino", self.device(document))
        self.assertEqual([], self.natives())

    @unittest.skipUnless("cuda" in RUNTIMES, f"{JAR.name} has no compiler of NVIDIA's inside")
    def test_nvrtc_inside_needs_a_gpu_and_says_so(self):
        result = self.java("doctor", "--json")
        backends = {backend["id"]: backend for backend in json.loads(result.stdout)["backends"]}
        if not backends["cuda"]["able"]:
            self.assertNotIn("NVRTC", backends["cuda"]["reason"])

    @needs_vector
    def test_doctor_tells_of_vector_as_it_would_run(self):
        result = self.java("doctor", "--json")
        backends = {backend["id"]: backend for backend in json.loads(result.stdout)["backends"]}
        self.assertTrue(backends["cpu"]["able"], backends["cpu"])
        self.assertTrue(backends["vector"]["able"], backends["vector"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[4:], verbosity=2)
