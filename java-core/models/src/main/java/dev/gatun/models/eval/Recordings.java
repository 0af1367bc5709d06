package dev.gatun.models.eval;

import dev.gatun.models.eval.TeacherForcing.Candidate;
import dev.gatun.models.eval.TeacherForcing.Recording;
import dev.gatun.models.eval.TeacherForcing.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads generations that were recorded for {@link TeacherForcing}. */
public final class Recordings {
  private Recordings() {}

  /**
   * Reads a table with a header line and the columns prompt (ids joined by commas) and steps
   * (joined by semicolons, each {@code token:candidate=log-probability,…}, best candidate first).
   *
   * @throws IOException when the file is missing or not of this form
   */
  public static List<Recording> read(Path table) throws IOException {
    List<Recording> recordings = new ArrayList<>();
    List<String> lines = Files.readAllLines(table);
    for (int i = 1; i < lines.size(); i++) {
      try {
        recordings.add(recording(lines.get(i)));
      } catch (IllegalArgumentException e) {
        throw new IOException("%s, line %d: %s".formatted(table, i + 1, e.getMessage()), e);
      }
    }
    return recordings;
  }

  private static Recording recording(String line) {
    String[] columns = split(line, "\t", 2);
    List<Integer> prompt = Arrays.stream(columns[0].split(",")).map(Integer::valueOf).toList();
    return new Recording(
        prompt, Arrays.stream(columns[1].split(";")).map(Recordings::step).toList());
  }

  private static Step step(String text) {
    String[] parts = split(text, ":", 2);
    return new Step(
        Integer.parseInt(parts[0]),
        Arrays.stream(parts[1].split(",")).map(Recordings::candidate).toList());
  }

  private static Candidate candidate(String text) {
    String[] parts = split(text, "=", 2);
    return new Candidate(Integer.parseInt(parts[0]), Double.parseDouble(parts[1]));
  }

  private static String[] split(String text, String separator, int parts) {
    String[] found = text.split(separator, -1);
    if (found.length != parts) {
      throw new IllegalArgumentException(
          "'%s' has %d parts, not %d".formatted(text, found.length, parts));
    }
    return found;
  }
}
