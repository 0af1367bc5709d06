package dev.gatun.pipelines.ocr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.pipelines.Checkout;
import dev.gatun.pipelines.Goldens;
import dev.gatun.pipelines.image.Picture;
import dev.gatun.runtime.GatunRuntime;
import dev.gatun.runtime.plan.Policy;
import dev.gatun.tensor.GatunException;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.GraphicsEnvironment;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Text that is drawn here must be read again: straight, slanted and on its head. */
class TextRecognitionTest {
  private static final String FONT = "DejaVu Sans";

  private static GatunRuntime runtime;

  @BeforeAll
  static void open() {
    System.setProperty("java.awt.headless", "true");
    runtime = GatunRuntime.builder().offline(true).threads(2).build();
  }

  @AfterAll
  static void close() {
    runtime.close();
  }

  static Stream<String> backends() {
    return Checkout.present(runtime, "vector", "cpu", "onnxruntime", "openvino");
  }

  /** A line of text and where it begins. */
  private record Drawn(String text, int size, int x, int y, double degrees) {}

  private static Picture draw(int width, int height, Drawn... lines) {
    boolean there =
        Arrays.asList(
                GraphicsEnvironment.getLocalGraphicsEnvironment().getAvailableFontFamilyNames())
            .contains(FONT);
    Assumptions.assumeTrue(there, "skipped: there is no font " + FONT + " to draw text with");
    var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, width, height);
    graphics.setColor(Color.BLACK);
    for (Drawn line : lines) {
      graphics.setFont(new Font(FONT, Font.PLAIN, line.size()));
      graphics.rotate(Math.toRadians(line.degrees()), line.x(), line.y());
      graphics.drawString(line.text(), line.x(), line.y());
      graphics.rotate(-Math.toRadians(line.degrees()), line.x(), line.y());
    }
    graphics.dispose();
    return new Picture(width, height, image.getRGB(0, 0, width, height, null, 0, width));
  }

  private static TextRecognition reader(String backend) {
    String model = Checkout.model(runtime, "ppocr");
    return TextRecognition.load(
        runtime, model, TextRecognitionOptions.DEFAULT.withPolicy(Policy.require(backend)));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void whatIsDrawnIsRead(String backend) {
    try (TextRecognition reader = reader(backend)) {
      Picture picture =
          draw(
              448,
              256,
              new Drawn("Gatun Locks", 30, 30, 50, 0),
              new Drawn("opened 1914", 24, 260, 110, 0),
              new Drawn("26 metres", 26, 40, 130, 0),
              new Drawn("three steps", 26, 150, 225, -7));
      List<TextLine> lines = reader.read(picture);
      assertEquals(
          List.of("Gatun Locks", "opened 1914", "26 metres", "three steps"),
          lines.stream().map(TextLine::text).toList());
      TextLine first =
          lines.stream().filter(line -> line.text().startsWith("Gatun")).findFirst().orElseThrow();
      assertTrue(first.score() > 0.9, first.toString());
      Point corner = first.corners().getFirst();
      assertTrue(corner.distance(new Point(30, 25)) < 12, first.toString());
      Picture marked = Marking.of(picture, lines);
      assertNotEquals(
          picture.pixel((int) corner.x(), (int) corner.y()),
          marked.pixel((int) corner.x(), (int) corner.y()));
      assertEquals(List.of(), reader.read(new Picture(64, 64, new int[64 * 64])));
      List<TextLine> turned =
          reader.read(draw(448, 96, new Drawn("Gatun Locks", 30, 30, 60, 0)).turnedLeft(2));
      assertEquals(List.of("Gatun Locks"), turned.stream().map(TextLine::text).toList());
    }
  }

  @Test
  void aFolderWithoutTheNetworksSaysWhatIsMissing() {
    String folder = Goldens.file("embedding/tiny").toString();
    var e =
        assertThrows(
            GatunException.class,
            () -> TextRecognition.load(runtime, folder, TextRecognitionOptions.DEFAULT));
    assertEquals(GatunException.Kind.MODEL, e.kind());
    assertTrue(e.getMessage().contains("has no file *keys*.txt"), e.getMessage());
  }
}
