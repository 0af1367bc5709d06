package dev.gatun.runtime.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.Settings;
import dev.gatun.runtime.detect.HostPlatform;
import dev.gatun.runtime.spi.FoundRuntimes;
import dev.gatun.runtime.spi.PackageClient;
import dev.gatun.runtime.spi.PackageFile;
import dev.gatun.runtime.spi.RuntimeRequirement;
import dev.gatun.runtime.spi.RuntimeRequirement.Licence;
import dev.gatun.runtime.spi.RuntimeRequirement.Own;
import dev.gatun.runtime.spi.RuntimeRequirement.Part;
import dev.gatun.runtime.store.Digests;
import dev.gatun.runtime.store.TestArchives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A runtime of a made-up vendor, out of wheels in a folder that stands for an index. */
class RuntimeInstallerTest {
  private static final String HERE = HostPlatform.current();
  private static final String WHEEL = "fakert-1.2.0-cp311-cp311-manylinux_2_28_x86_64.whl";

  @TempDir Path folder;
  private Path home;
  private Path wheel;
  private final List<String> messages = new ArrayList<>();
  private boolean accepts = true;

  private final InstallListener listener =
      new InstallListener() {
        @Override
        public void message(String text) {
          messages.add(text);
        }

        @Override
        public void progress(String archive, long done, long total) {}

        @Override
        public boolean accepts(RuntimeRequirement requirement) {
          messages.add("licence " + requirement.licence().name());
          return accepts;
        }
      };

  @BeforeEach
  void prepare() throws IOException {
    home = folder.resolve("home");
    wheel = Files.createDirectories(folder.resolve("index")).resolve(WHEEL);
    wheel("fakert/lib/libfake.so.1.2.0", "the library", "fakert/lib/libsibling.so", "sibling");
  }

  private void wheel(Object... files) throws IOException {
    List<Object> all = new ArrayList<>(List.of(files));
    String info = "fakert-1.2.0.dist-info/";
    all.addAll(
        List.of(
            info + "METADATA",
            "Metadata-Version: 2.1\nName: fakert\nVersion: 1.2.0\n",
            info + "WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: cp311-cp311-manylinux_2_28_x86_64\n",
            info + "RECORD",
            "",
            info + "LICENSE",
            "Be kind."));
    TestArchives.zip(wheel, all.toArray());
  }

  private RuntimeRequirement requirement(boolean accept, String... members) throws IOException {
    var archive =
        new PackageFile(
            PackageClient.PIP,
            "fakert",
            "1.2.0",
            Digests.of(wheel),
            "cp311-cp311-manylinux_2_28_x86_64");
    var parts = List.of(new Part(archive, List.of(members)));
    return new RuntimeRequirement(
        "fakert",
        "1.2.0",
        "a fake",
        new Licence("Kind-1.0", "the package's LICENSE", accept),
        Map.of(HERE, parts, "windows-aarch64", parts),
        new Own(
            List.of("FAKE_HOME"),
            List.of("lib", ""),
            Map.of("linux", NAMES, "macos", NAMES, "windows", NAMES),
            Optional.of("1.1")));
  }

  private static final List<String> NAMES = List.of("libfake.so*");

  private RuntimeRequirement plain() throws IOException {
    return requirement(false, "fakert/lib/*", "*/LICENSE");
  }

  private void with(
      RuntimeRequirement requirement,
      Map<String, String> settings,
      Consumer<RuntimeInstaller> use) {
    GatunRuntime.Builder builder = GatunRuntime.builder().home(home);
    settings.forEach(builder::property);
    try (GatunRuntime runtime = builder.build()) {
      use.accept(new RuntimeInstaller(runtime.settings(), () -> List.of(requirement)));
    }
  }

  private void offline(RuntimeRequirement requirement, Consumer<RuntimeInstaller> use) {
    with(requirement, Map.of(Settings.OFFLINE, "true"), use);
  }

  private String fails(RuntimeRequirement requirement, Path... archives) {
    String[] message = {""};
    offline(
        requirement,
        installer ->
            message[0] =
                assertThrows(
                        RuntimeInstallException.class,
                        () -> installer.install("fakert", HERE, List.of(archives), listener))
                    .getMessage());
    return message[0];
  }

  private FoundRuntimes found(RuntimeRequirement requirement, Map<String, String> environment) {
    return new RuntimeFinder(home, name -> Optional.ofNullable(environment.get(name)))
        .find(requirement);
  }

  private List<String> tree() throws IOException {
    if (!Files.exists(home)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(home)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> home.relativize(file).toString().replace('\\', '/'))
          .filter(name -> !name.endsWith(".lock"))
          .sorted()
          .toList();
    }
  }

  @Test
  void aDownloadedArchiveBecomesAFolderThatIsFound() throws IOException {
    RuntimeRequirement requirement = plain();
    offline(
        requirement,
        installer -> {
          var result = installer.install("fakert", HERE, List.of(wheel), listener);
          assertTrue(result.fresh());
          assertFalse(installer.install("fakert", HERE, List.of(wheel), listener).fresh());
        });
    String below = "runtimes/fakert/1.2.0/" + HERE + "/";
    assertEquals(
        List.of(
            below + "LICENSE",
            below + "libfake.so.1.2.0",
            below + "libsibling.so",
            below + "runtime.json"),
        tree());
    FoundRuntimes found = found(requirement, Map.of());
    assertEquals(List.of(), found.problems());
    FoundRuntimes.Copy copy = found.copies().getFirst();
    assertEquals("installed 1.2.0", copy.label());
    assertEquals(home.resolve(below + "libfake.so.1.2.0"), copy.library());
    offline(
        requirement,
        installer -> {
          assertEquals(1, installer.installed(true).size());
          assertEquals(1, installer.remove("fakert", Optional.empty()).size());
          assertEquals(List.of(), installer.remove("fakert", Optional.empty()));
        });
    assertEquals(List.of(), tree());
    assertFalse(Files.exists(home.resolve("runtimes/fakert")));
  }

  @Test
  void pipBringsItFromALocalIndex() throws Exception {
    assumeTrue(pipIsHere(), "skipped: there is no python3 with pip here");
    RuntimeRequirement requirement = requirement(true, "fakert/lib/*");
    String pip = "env PIP_NO_INDEX=1 PIP_FIND_LINKS=%s python3 -m pip".formatted(wheel.getParent());
    with(
        requirement,
        Map.of(Settings.PIP, pip),
        installer -> installer.install("fakert", "windows-aarch64", List.of(), listener));
    assertEquals(List.of("licence Kind-1.0", "getting pip fakert 1.2.0"), messages);
    assertTrue(tree().contains("runtimes/fakert/1.2.0/windows-aarch64/libfake.so.1.2.0"));
    assertEquals(HERE.equals("windows-aarch64"), !found(requirement, Map.of()).copies().isEmpty());
    // Another digest than the pinned one: pip itself refuses.
    wheel("fakert/lib/libfake.so.1.2.0", "another library");
    with(
        requirement,
        Map.of(Settings.PIP, pip),
        installer -> {
          var e =
              assertThrows(
                  RuntimeInstallException.class,
                  () -> installer.install("fakert", HERE, List.of(), listener));
          assertTrue(e.getMessage().contains("another digest"), e.getMessage());
        });
    assertFalse(Files.exists(home.resolve("runtimes/fakert/1.2.0/" + HERE)));
  }

  private static boolean pipIsHere() throws InterruptedException {
    try {
      return new ProcessBuilder("python3", "-m", "pip", "--version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aLicenceThatIsNotAcceptedEndsIt() throws IOException {
    accepts = false;
    assertTrue(fails(requirement(true, "fakert/lib/*"), wheel).contains("was not accepted"));
    assertEquals(List.of(), tree());
  }

  @Test
  void onlyThePinnedArchiveIsTaken() throws IOException {
    RuntimeRequirement requirement = plain();
    Path other = Files.writeString(folder.resolve("other.whl"), "something else");
    String message = fails(requirement, other);
    assertTrue(message.contains("is not what is wanted: pip fakert 1.2.0"), message);
    assertTrue(fails(requirement).contains("--from FILE"));
    assertTrue(fails(requirement, folder.resolve("none")).contains("there is no file"));
    assertEquals(List.of(), tree());
  }

  @Test
  void archivesThatReachOutOfTheFolderDoNot() throws IOException {
    wheel("fakert/lib/../../../evil.so", "evil", "fakert/lib/..", "evil", "/abs/evil.so", "evil");
    String message = fails(requirement(false, "fakert/**"), wheel);
    assertTrue(message.contains("a file of the name '..'"), message);
    assertEquals(List.of(), tree());
    wheel("fakert/lib/../../../evil.so", "evil");
    offline(
        requirement(false, "fakert/**"),
        installer -> installer.install("fakert", HERE, List.of(wheel), listener));
    assertEquals(
        List.of(
            "runtimes/fakert/1.2.0/" + HERE + "/evil.so",
            "runtimes/fakert/1.2.0/" + HERE + "/runtime.json"),
        tree());
  }

  @Test
  void archivesThatDoNotFitTheirDescriptionAreRefused() throws IOException {
    wheel("a/libfake.so", "1", "b/libfake.so", "2");
    assertTrue(fails(requirement(false, "*/libfake.so"), wheel).contains("two files"));
    assertTrue(fails(requirement(false, "a/*", "c/*"), wheel).contains("has no file c/*"));
    wheel("a/runtime.json", "{}");
    assertTrue(fails(requirement(false, "a/*"), wheel).contains("'runtime.json'"));
    Files.writeString(wheel, "no zip");
    assertTrue(fails(requirement(false, "a/*"), wheel).contains("zip"));
    assertEquals(List.of(), tree());
  }

  @Test
  void whatAKilledInstallationLeftIsNothing() throws IOException {
    RuntimeRequirement requirement = plain();
    Path half = home.resolve("runtimes/.partial/fakert~1/files");
    Files.createDirectories(half);
    Files.writeString(half.resolve("libfake.so.1.2.0"), "half");
    // A folder without its description, as a killed removal leaves it.
    Path bare = Files.createDirectories(home.resolve("runtimes/fakert/1.2.0/" + HERE));
    Files.writeString(bare.resolve("libfake.so.1.2.0"), "half");
    assertEquals(List.of(), found(requirement, Map.of()).copies());
    offline(requirement, installer -> installer.install("fakert", HERE, List.of(wheel), listener));
    assertEquals(4, tree().size(), tree().toString());
    assertEquals(1, found(requirement, Map.of()).copies().size());
  }

  @Test
  void changedFilesAreNotUsedAndInstalledAnew() throws IOException {
    RuntimeRequirement requirement = plain();
    offline(requirement, installer -> installer.install("fakert", HERE, List.of(wheel), listener));
    Path library = found(requirement, Map.of()).copies().getFirst().library();
    FileTime written = Files.getLastModifiedTime(library);
    Files.writeString(library, "THE LIBRARY");
    FoundRuntimes found = found(requirement, Map.of());
    assertEquals(List.of(), found.copies());
    assertTrue(found.problems().getFirst().contains("is not what was installed"));
    assertTrue(found.problems().getFirst().contains("gatun runtimes install fakert"));
    // Same size and time: only reading it tells.
    Files.setLastModifiedTime(library, written);
    assertEquals(1, found(requirement, Map.of()).copies().size());
    offline(
        requirement,
        installer -> {
          assertTrue(installer.installed(true).getFirst().problem().isPresent());
          assertTrue(installer.install("fakert", HERE, List.of(wheel), listener).fresh());
          assertTrue(installer.installed(true).getFirst().problem().isEmpty());
        });
    Files.delete(library);
    assertTrue(found(requirement, Map.of()).problems().getFirst().contains("is missing"));
    Path json = library.resolveSibling("runtime.json");
    Files.writeString(json, Files.readString(json).replace("libfake.so", "../libfake.so"));
    assertTrue(found(requirement, Map.of()).problems().getFirst().contains("damaged"));
  }

  @Test
  void theUsersOwnCopiesAreFoundAndTheirVersionsLookedAt() throws IOException {
    RuntimeRequirement requirement = plain();
    Path lib = Files.createDirectories(folder.resolve("own/lib"));
    Map<String, String> environment = Map.of("FAKE_HOME", folder.resolve("own").toString());
    String none = found(requirement, environment).problems().getFirst();
    assertTrue(none.contains("there is no libfake.so*"), none);
    Files.writeString(lib.resolve("libfake.so.1.0.9"), "old");
    String old = found(requirement, environment).problems().getFirst();
    assertTrue(old.contains("has version 1.0.9, at least 1.1 is needed"), old);
    Files.writeString(lib.resolve("libfake.so.1.10.0"), "new");
    FoundRuntimes found = found(requirement, environment);
    assertEquals(List.of(), found.problems());
    FoundRuntimes.Copy copy = found.copies().getFirst();
    assertEquals("FAKE_HOME", copy.label());
    assertEquals(Optional.of("1.10.0"), copy.version());
    assertEquals(lib, copy.folder());
    // What Gatun installed comes first.
    offline(requirement, installer -> installer.install("fakert", HERE, List.of(wheel), listener));
    assertEquals(
        List.of("installed 1.2.0", "FAKE_HOME"),
        found(requirement, environment).copies().stream().map(FoundRuntimes.Copy::label).toList());
  }

  @Test
  void unknownNamesAndPlatformsNameWhatThereIs() throws IOException {
    offline(
        plain(),
        installer -> {
          var name =
              assertThrows(
                  RuntimeInstallException.class,
                  () -> installer.install("other", HERE, List.of(), listener));
          assertTrue(name.getMessage().contains("there are fakert"), name.getMessage());
          var platform =
              assertThrows(
                  RuntimeInstallException.class,
                  () -> installer.install("fakert", "plan9-mips", List.of(), listener));
          assertTrue(platform.getMessage().contains("windows-aarch64"), platform.getMessage());
        });
  }
}
