package dev.gatun.formats;

import dev.gatun.tensor.GatunException;

/**
 * A file is not a model, is damaged, or is of a kind that is not supported. The message says what
 * is wrong, where, and what to do.
 */
public final class ModelFormatException extends GatunException {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final long offset;

  /**
   * @param file the file, as the user knows it
   * @param offset byte of the file where the problem lies; negative when it is the whole file
   * @param what what is wrong and what to do about it
   */
  public ModelFormatException(String file, long offset, String what) {
    this(file, offset, what, null);
  }

  /** The same, with the failure behind it. */
  public ModelFormatException(String file, long offset, String what, Throwable cause) {
    super(Kind.MODEL, file + ": " + what + (offset < 0 ? "" : " (at byte " + offset + ")"), cause);
    this.file = file;
    this.offset = offset;
  }

  /** The file, as the user knows it. */
  public String file() {
    return file;
  }

  /** Byte of the file where the problem lies; negative when it is the whole file. */
  public long offset() {
    return offset;
  }
}
