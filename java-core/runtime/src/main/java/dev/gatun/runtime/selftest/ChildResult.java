package dev.gatun.runtime.selftest;

import dev.gatun.runtime.files.AtomicFile;
import dev.gatun.runtime.spi.Finding;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;

/** What a child JVM tells its parent, in a file: a driver may print anything to the console. */
record ChildResult(boolean good, String reason, String remedy) {
  private static final int MAGIC = 0x47545354;
  private static final int LARGEST = 1 << 18;
  private static final int LONGEST = 16_000;

  static ChildResult of(Finding finding) {
    return new ChildResult(finding.good(), shorten(finding.reason()), shorten(finding.remedy()));
  }

  Finding finding() {
    return good
        ? Finding.good(Finding.Stage.ABLE, reason)
        : Finding.bad(Finding.Stage.ABLE, reason, remedy);
  }

  void write(Path file) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var data = new DataOutputStream(bytes);
    data.writeInt(MAGIC);
    data.writeBoolean(good);
    data.writeUTF(reason);
    data.writeUTF(remedy);
    AtomicFile.write(file, bytes.toByteArray());
  }

  /**
   * @throws IOException when the file is missing or not what {@link #write} wrote
   */
  static ChildResult read(Path file) throws IOException {
    byte[] bytes =
        AtomicFile.read(file, LARGEST).orElseThrow(() -> new IOException("it left no result"));
    var data = new DataInputStream(new ByteArrayInputStream(bytes));
    if (data.readInt() != MAGIC) {
      throw new IOException("its result is damaged");
    }
    return new ChildResult(data.readBoolean(), data.readUTF(), data.readUTF());
  }

  private static String shorten(String text) {
    String known = text == null ? "" : text;
    return known.length() > LONGEST ? known.substring(0, LONGEST) + "…" : known;
  }
}
