package dev.gatun.qnn;

import dev.gatun.ffi.NativeHandle;
import dev.gatun.ffi.Pointers;
import dev.gatun.qnn.generated.core.QnnProfile_EventData_t;
import dev.gatun.qnn.generated.core.QnnProfile_GetEventDataFn_t;
import dev.gatun.qnn.generated.core.QnnProfile_GetEventsFn_t;
import dev.gatun.qnn.generated.core.QnnProfile_GetSubEventsFn_t;
import dev.gatun.qnn.generated.core.QnnTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** What a library measured of the last run that was given this profile. One thread at a time. */
public final class QnnProfile implements AutoCloseable {
  private final Qnn qnn;
  private final NativeHandle profile;

  QnnProfile(Qnn qnn, NativeHandle profile) {
    this.qnn = qnn;
    this.profile = profile;
  }

  /**
   * A measurement.
   *
   * @param type what it is about, by QNN's number
   * @param unit of the value, by QNN's number: microseconds, bytes, cycles, a count, …
   * @param identifier the library's name for it: of an operator, its name and more
   * @param parts of what it is the whole
   */
  public record Event(int type, int unit, long value, String identifier, List<Event> parts) {
    public Event {
      parts = List.copyOf(parts);
    }
  }

  MemorySegment handle() {
    return profile.address();
  }

  /** All measurements. */
  public List<Event> events() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment list = arena.allocate(ValueLayout.ADDRESS);
      MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
      QnnStatus.check(
          "QnnProfile_getEvents",
          QnnProfile_GetEventsFn_t.invoke(
              QnnTable.profileGetEvents(qnn.table()), handle(), list, count));
      return events(list, count);
    }
  }

  private List<Event> events(MemorySegment list, MemorySegment count) {
    int most = count.get(ValueLayout.JAVA_INT, 0);
    List<Event> events = new ArrayList<>();
    if (most > 0) {
      MemorySegment ids = Pointers.view(Pointers.read(list), (long) most * Long.BYTES);
      for (int i = 0; i < most; i++) {
        events.add(event(ids.getAtIndex(ValueLayout.JAVA_LONG, i)));
      }
    }
    return events;
  }

  private Event event(long id) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = QnnProfile_EventData_t.allocate(arena);
      QnnStatus.check(
          "QnnProfile_getEventData",
          QnnProfile_GetEventDataFn_t.invoke(QnnTable.profileGetEventData(qnn.table()), id, data));
      MemorySegment list = arena.allocate(ValueLayout.ADDRESS);
      MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
      QnnStatus.check(
          "QnnProfile_getSubEvents",
          QnnProfile_GetSubEventsFn_t.invoke(
              QnnTable.profileGetSubEvents(qnn.table()), id, list, count));
      return new Event(
          QnnProfile_EventData_t.type(data),
          QnnProfile_EventData_t.unit(data),
          QnnProfile_EventData_t.value(data),
          Pointers.text(QnnProfile_EventData_t.identifier(data)).orElse(""),
          events(list, count));
    }
  }

  /** Idempotent; after the runs that it was given to. */
  @Override
  public void close() {
    profile.close();
  }
}
