package dev.gatun.quantize.convert;

/** Hears how far a conversion is; called by the thread that converts. */
public interface ConvertListener {
  /** Hears nothing. */
  ConvertListener NONE =
      new ConvertListener() {
        @Override
        public void message(String text) {}

        @Override
        public void progress(long done, long total) {}
      };

  /** Something that the user should know. */
  void message(String text);

  /** Bytes written of all that will be. */
  void progress(long done, long total);
}
