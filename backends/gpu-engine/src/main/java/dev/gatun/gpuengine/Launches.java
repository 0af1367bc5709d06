package dev.gatun.gpuengine;

import dev.gatun.engine.memory.Operand;
import dev.gatun.gpuengine.compile.ControlStep;
import dev.gatun.gpuengine.compile.CopyStep;
import dev.gatun.gpuengine.compile.GpuProgram;
import dev.gatun.gpuengine.compile.KernelStep;
import dev.gatun.gpuengine.compile.SizesStep;
import dev.gatun.gpuengine.compile.Step;
import dev.gatun.gpuengine.driver.GpuQueue;
import dev.gatun.gpuengine.driver.GpuRecording;
import dev.gatun.gpuengine.driver.Launch;
import dev.gatun.gpuengine.kernel.KernelLibrary;
import dev.gatun.gpuengine.memory.LargestNumbers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A session's launches: made once, given the sizes of each submission. When a submission has the
 * sizes of the one before it, as in decoding, its launches are recorded and from then on replayed.
 */
final class Launches implements AutoCloseable {
  private final GpuProgram program;
  private final SessionMemory memory;
  private final GpuQueue queue;
  private final StepProfile profile;
  private final HostWork host;
  private final Arena arena = Arena.ofShared();
  private final Launch[] launches;
  private final List<Launch> active = new ArrayList<>();
  private final Submission last;
  private final Submission recorded;
  private boolean hasLast;
  private int boundVersion = -1;
  private int recordedVersion;
  private GpuRecording recording;

  /**
   * @param profile null when nobody asks for time
   * @param host decides what is the host's
   */
  Launches(
      GpuProgram program,
      KernelLibrary kernels,
      SessionMemory memory,
      GpuQueue queue,
      StepProfile profile,
      HostWork host) {
    this.program = program;
    this.memory = memory;
    this.queue = queue;
    this.profile = profile;
    this.host = host;
    last = new Submission(program.extents(), 1);
    recorded = new Submission(program.extents(), 1);
    List<String> needed = new ArrayList<>(program.kernels());
    if (!program.cache().isEmpty()) {
      // A language model's tokens will be chosen with it.
      needed.add(LargestNumbers.KERNEL);
    }
    kernels.prepare(needed);
    launches = new Launch[program.steps().size()];
    for (int i = 0; i < launches.length; i++) {
      if (program.steps().get(i) instanceof KernelStep step) {
        MemorySegment parameters =
            step.parameterBytes() == 0
                ? MemorySegment.NULL
                : arena.allocate(step.parameterBytes(), 8);
        launches[i] =
            new Launch(kernels.kernel(step.kernel()), step.arguments().size(), parameters);
      }
    }
  }

  /** Puts the work of a submission into the queue. */
  void run(Submission sizes) {
    if (boundVersion != memory.version()) {
      bind();
    }
    if (recording != null && recordedVersion == boundVersion && sizes.sameAs(recorded)) {
      queue.replay(recording);
      return;
    }
    boolean again = hasLast && sizes.sameAs(last);
    last.copyFrom(sizes);
    hasLast = true;
    if (profile != null || !again || !prepare(sizes) || active.isEmpty()) {
      launch(sizes);
      return;
    }
    forget();
    recording = queue.record(active);
    recorded.copyFrom(sizes);
    recordedVersion = boundVersion;
    queue.replay(recording);
  }

  private void bind() {
    for (int i = 0; i < launches.length; i++) {
      if (program.steps().get(i) instanceof KernelStep step) {
        for (int argument = 0; argument < step.arguments().size(); argument++) {
          Operand operand = step.arguments().get(argument);
          launches[i].bind(
              argument,
              memory.memory(operand.storage()),
              memory.offset(operand.storage()) + operand.offset());
        }
      }
    }
    boundVersion = memory.version();
  }

  /** Gives all launches their sizes; false when there is more to do than launches. */
  private boolean prepare(Submission sizes) {
    active.clear();
    for (int i = 0; i < launches.length; i++) {
      switch (program.steps().get(i)) {
        case KernelStep step -> {
          if (step.prepare(launches[i], sizes)) {
            active.add(launches[i]);
          }
        }
        case CopyStep _, SizesStep _, ControlStep _ -> {
          return false;
        }
      }
    }
    return true;
  }

  private void launch(Submission sizes) {
    for (int i = 0; i < launches.length; i++) {
      Step step = program.steps().get(i);
      if (profile != null) {
        profile.mark(i, queue.mark());
      }
      boolean runs =
          switch (step) {
            case KernelStep kernel -> launch(kernel, launches[i], sizes);
            case CopyStep copy -> copy(copy, sizes);
            case SizesStep work -> decided(() -> host.run(work));
            case ControlStep work -> decided(() -> host.run(work));
          };
      if (profile != null) {
        profile.active(i, runs);
      }
    }
    if (profile != null) {
      profile.mark(launches.length, queue.mark());
    }
  }

  /** What the host decides may have moved what has the sizes that it told. */
  private boolean decided(Runnable work) {
    work.run();
    if (boundVersion != memory.version()) {
      bind();
    }
    return true;
  }

  private boolean launch(KernelStep step, Launch launch, Submission sizes) {
    boolean runs = step.prepare(launch, sizes);
    if (runs) {
      queue.launch(launch);
    }
    return runs;
  }

  private boolean copy(CopyStep copy, Submission sizes) {
    long bytes = copy.bytes().of(sizes);
    if (bytes > 0) {
      queue.copy(
          memory.memory(copy.from().storage()),
          memory.offset(copy.from().storage()) + copy.from().offset(),
          memory.memory(copy.to().storage()),
          memory.offset(copy.to().storage()) + copy.to().offset(),
          bytes);
    }
    return bytes > 0;
  }

  private void forget() {
    if (recording != null) {
      queue.fence().await();
      recording.close();
      recording = null;
    }
  }

  /** The work has ended. */
  @Override
  public void close() {
    if (recording != null) {
      recording.close();
      recording = null;
    }
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
