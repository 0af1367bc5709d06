package dev.gatun.bench.task;

import dev.gatun.pipelines.audio.Audio;
import dev.gatun.pipelines.image.Picture;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What pipelines are asked: made here, the same on every machine as far as its fonts are. */
final class Questions {
  private static final List<String> WORDS =
      List.of(
          "river", "light", "window", "a", "the", "of", "engine", "quietly", "lifts", "water",
          "between", "two", "oceans", "while", "ships", "wait", "in", "line", "and", "count",
          "lock", "gates", "close", "slowly", "under", "rain");
  private static final int LONGEST_TEXT = 40;
  private static final int SHORTEST_TEXT = 4;
  private static final int RATE = 16_000;
  private static final int SECONDS = 4;

  private Questions() {}

  /** Texts of 4 to 40 words. */
  static List<String> texts(int count) {
    var random = new SplittableRandom(3);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int words = random.nextInt(SHORTEST_TEXT, LONGEST_TEXT + 1);
      var text = new StringBuilder();
      for (int word = 0; word < words; word++) {
        text.append(word == 0 ? "" : " ").append(WORDS.get(random.nextInt(WORDS.size())));
      }
      texts.add(text.toString());
    }
    return texts;
  }

  /** A file of some lines of Java, in a temporary folder that goes with the process. */
  static Path file() {
    try {
      Path file = Files.createTempFile("gatun-bench", ".txt");
      file.toFile().deleteOnExit();
      return Files.writeString(
          file,
          "package sample;\n\nimport java.util.List;\n\nfinal class Sample {\n"
              + "  int twice(int x) {\n    return 2 * x;\n  }\n}\n".repeat(60));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Bursts of a humming tone in noise. */
  static Audio sound() {
    var random = new SplittableRandom(5);
    float[] samples = new float[SECONDS * RATE];
    for (int i = 0; i < samples.length; i++) {
      boolean voiced = i / (RATE / 2) % 2 == 1;
      double tone =
          Math.sin(2 * Math.PI * 140 * i / RATE) + 0.5 * Math.sin(2 * Math.PI * 560 * i / RATE);
      samples[i] = (float) (0.01 * random.nextGaussian() + (voiced ? 0.3 * tone : 0));
    }
    return new Audio(samples, RATE);
  }

  /** Three lines of black text on white. */
  static Picture picture() {
    var image = new BufferedImage(640, 240, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
    graphics.setColor(Color.BLACK);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 36));
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.drawString("Between two oceans", 30, 60);
    graphics.drawString("ships wait in line", 30, 130);
    graphics.drawString("Gate 12 closes at 08:45", 30, 200);
    graphics.dispose();
    int[] rgb = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    return new Picture(image.getWidth(), image.getHeight(), rgb);
  }
}
