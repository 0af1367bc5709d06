package dev.gatun.qnnbackend;

import dev.gatun.ffi.LibrarySearch;
import dev.gatun.runtime.spi.BackendProvider;
import dev.gatun.runtime.spi.Finding;
import dev.gatun.runtime.spi.Finding.Stage;
import dev.gatun.runtime.spi.FoundRuntimes;
import dev.gatun.runtime.spi.Probe;
import dev.gatun.runtime.spi.ProbeContext;
import dev.gatun.runtime.spi.RuntimeRequirement;
import java.util.List;
import java.util.Optional;

/**
 * The backend {@code qnn}: Snapdragon NPUs. It looks for Qualcomm's libraries, loading nothing, and
 * says that nothing runs on them yet.
 */
public final class QnnBackendProvider implements BackendProvider {
  private static final String ID = "qnn";

  /** The file of the NPU's library ({@code libQnnHtp.so}), instead of one that is found. */
  static final String LIBRARY = "gatun.qnn.library";

  public QnnBackendProvider() {}

  @Override
  public String id() {
    return ID;
  }

  @Override
  public List<RuntimeRequirement> runtimes() {
    return List.of(QnnRuntime.REQUIREMENT);
  }

  @Override
  public Probe probe(ProbeContext context) {
    FoundRuntimes found = context.runtimes(QnnRuntime.REQUIREMENT);
    LibrarySearch search = new LibrarySearch("QNN").explicit(LIBRARY, context.property(LIBRARY));
    found.copies().forEach(copy -> search.candidate(copy.label(), copy.library()));
    Optional<String> place = search.system("libQnnHtp.so", "QnnHtp.dll").present();
    if (place.isEmpty()) {
      String problems =
          found.problems().isEmpty() ? "" : "; " + String.join("; ", found.problems());
      return unavailable(
          Finding.bad(
              Stage.PRESENT,
              "Qualcomm's libraries are not here" + problems,
              "`%s` installs them, or set QNN_SDK_ROOT"
                  .formatted(QnnRuntime.REQUIREMENT.installCommand())));
    }
    return unavailable(
        Finding.good(Stage.PRESENT, "its libraries are there: " + place.get()),
        Finding.bad(
            Stage.ABLE,
            "this version of Gatun does not run graphs on QNN yet",
            "use another backend; `gatun devices` lists what runs here"));
  }

  private static Probe unavailable(Finding... findings) {
    return new Probe(ID, List.of(findings), List.of());
  }
}
