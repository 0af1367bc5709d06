package dev.gatun.tensor;

import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;

/**
 * Root of the errors that Gatun reports to its users: the message says what was wrong, where, and
 * what to do. It lives in the lowest module so that formats, backends and pipelines share it;
 * programming errors stay {@link IllegalArgumentException} and {@link IllegalStateException}.
 */
public class GatunException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Classes of errors, by the exit code of the command line. */
  public enum Kind {
    /** Anything without a class of its own. */
    FAILURE(1),
    /** The request makes no sense. */
    USAGE(2),
    /** A model is missing, damaged, or of an unknown kind. */
    MODEL(3),
    /** The backend that was required cannot run this here. */
    BACKEND_UNAVAILABLE(4),
    /** Results differ from what they are compared with. */
    MISMATCH(5),
    /** A measurement is worse than its baseline. */
    REGRESSION(6);

    private final int exitCode;

    Kind(int exitCode) {
      this.exitCode = exitCode;
    }

    /** Exit code of a command that ends with such an error. */
    public int exitCode() {
      return exitCode;
    }
  }

  private final Kind kind;

  public GatunException(Kind kind, String message) {
    super(message);
    this.kind = Objects.requireNonNull(kind);
  }

  public GatunException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = Objects.requireNonNull(kind);
  }

  /** Why reading or writing a file failed, in words: the file's name is the message's. */
  public static String reason(Exception failure) {
    return switch (failure) {
      case UncheckedIOException unchecked -> reason(unchecked.getCause());
      case NoSuchFileException _ -> "there is no such file";
      case AccessDeniedException _ -> "permission denied";
      case CharacterCodingException _ -> "not text in UTF-8";
      case FileSystemException system when system.getReason() != null -> system.getReason();
      default ->
          failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    };
  }

  /** The class of this error. */
  public final Kind kind() {
    return kind;
  }
}
