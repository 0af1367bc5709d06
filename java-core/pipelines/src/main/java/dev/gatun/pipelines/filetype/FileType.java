package dev.gatun.pipelines.filetype;

import java.util.List;

/**
 * A kind of file.
 *
 * @param label short name: {@code python}, {@code png}; {@code unknown} and {@code txt} stand for
 *     what cannot be told more exactly, {@code empty} and {@code directory} for themselves
 * @param description in words
 * @param group {@code code}, {@code image}, …; {@code unknown} where none is known
 * @param mimeType media type
 * @param extensions usual ones, without a dot
 * @param isText whether such files are text
 */
public record FileType(
    String label,
    String description,
    String group,
    String mimeType,
    List<String> extensions,
    boolean isText) {
  public FileType {
    extensions = List.copyOf(extensions);
  }
}
