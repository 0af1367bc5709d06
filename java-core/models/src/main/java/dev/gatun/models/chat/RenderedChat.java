package dev.gatun.models.chat;

import java.util.List;

/**
 * A prompt for a conversation, and what of it must not be read as control tokens because it came
 * from a message and not from the template.
 *
 * @param text the prompt, the same as that of {@link ChatTemplate#render(List, RenderOptions)}
 * @param plain in order, without overlaps; empty for messages in which no control token is written
 */
public record RenderedChat(String text, List<Range> plain) {
  /** Offsets in UTF-16 units, the last one exclusive. */
  public record Range(int from, int to) {}

  public RenderedChat {
    plain = List.copyOf(plain);
  }
}
