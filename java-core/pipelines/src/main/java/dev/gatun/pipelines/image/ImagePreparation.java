package dev.gatun.pipelines.image;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatun.pipelines.json.JsonFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a picture becomes a classifier's input, as torchvision and Hugging Face's image processors do
 * it: scaled (bilinear, smoothed) so that its shorter side is {@code shorterSide}, then cut around
 * its middle; or squeezed to the input's size where {@code shorterSide} is 0.
 *
 * @param shorterSide in pixels; 0 to squeeze
 * @param width of the network's input; a network that says its own overrides it
 * @param height likewise
 */
public record ImagePreparation(
    int shorterSide, int width, int height, Normalization normalization) {
  /** Shorter side 256, 224 x 224 from the middle, ImageNet's mean and deviation. */
  public static final ImagePreparation IMAGENET =
      new ImagePreparation(256, 224, 224, Normalization.IMAGENET);

  private static final int MAX_SIDE = 4096;

  public ImagePreparation {
    if (shorterSide < 0 || shorterSide > MAX_SIDE) {
      throw new IllegalArgumentException("shorter side " + shorterSide);
    }
    if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE) {
      throw new IllegalArgumentException("%d x %d pixels".formatted(width, height));
    }
  }

  /** For a network with an input of this size; the shorter side changes in proportion. */
  ImagePreparation withSize(int otherWidth, int otherHeight) {
    int side =
        (int)
            Math.rint(
                (double) shorterSide * Math.min(otherWidth, otherHeight) / Math.min(width, height));
    return new ImagePreparation(Math.min(MAX_SIDE, side), otherWidth, otherHeight, normalization);
  }

  /** Reads a {@code preprocessor_config.json} of Hugging Face. */
  static ImagePreparation read(Path file) {
    JsonFile json = JsonFile.read(file);
    JsonNode root = json.root();
    try {
      JsonNode size = root.path("size");
      boolean cut = root.path("do_center_crop").asBoolean(false);
      int shorter = size.isInt() ? size.asInt() : size.path("shortest_edge").asInt(0);
      JsonNode input = cut && root.has("crop_size") ? root.path("crop_size") : size;
      int height = input.path("height").asInt(input.asInt(shorter));
      int width = input.path("width").asInt(input.asInt(shorter));
      return new ImagePreparation(
          cut ? shorter : 0,
          width,
          height,
          new Normalization(
              numbers(root.path("image_mean"), Normalization.IMAGENET.mean()),
              numbers(root.path("image_std"), Normalization.IMAGENET.deviation()),
              false,
              false));
    } catch (IllegalArgumentException e) {
      throw json.bad("describes no preparation of pictures: " + e.getMessage());
    }
  }

  private static List<Double> numbers(JsonNode array, List<Double> otherwise) {
    List<Double> numbers = new ArrayList<>();
    array.forEach(number -> numbers.add(number.asDouble()));
    return numbers.isEmpty() ? otherwise : numbers;
  }

  /** The picture at the input's size. */
  Picture scaled(Picture picture) {
    if (shorterSide == 0) {
      return Scaling.smooth(picture, width, height);
    }
    int side = Math.max(shorterSide, Math.min(width, height));
    double ratio = (double) side / Math.min(picture.width(), picture.height());
    int scaledWidth = Math.max(width, (int) (picture.width() * ratio));
    int scaledHeight = Math.max(height, (int) (picture.height() * ratio));
    // What is cut away is not computed: a picture of one row would become enormous.
    Picture middle = middle(picture, scaledWidth, scaledHeight);
    return middle == picture
        ? cut(Scaling.smooth(picture, scaledWidth, scaledHeight))
        : Scaling.smooth(middle, width, height);
  }

  /** Of a picture that would become very long, the part that is kept; else the picture. */
  private Picture middle(Picture picture, int scaledWidth, int scaledHeight) {
    if ((long) scaledWidth * scaledHeight <= Picture.MAX_PIXELS) {
      return picture;
    }
    int partWidth = Math.clamp((long) picture.width() * width / scaledWidth, 1, picture.width());
    int partHeight =
        Math.clamp((long) picture.height() * height / scaledHeight, 1, picture.height());
    return picture.part(
        (picture.width() - partWidth) / 2,
        (picture.height() - partHeight) / 2,
        partWidth,
        partHeight);
  }

  private Picture cut(Picture scaled) {
    int left = (int) Math.rint((scaled.width() - width) / 2.0);
    int top = (int) Math.rint((scaled.height() - height) / 2.0);
    return scaled.part(left, top, width, height);
  }
}
