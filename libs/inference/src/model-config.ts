/** `models/<model>/config.json`: what is applied without loading weights again. Snake case, as the file has it. */
export interface ModelConfig {
  /** 0 to 1: detections and classes below it are left out. Default 0.25 for detections, 0 else. */
  readonly confidence_threshold?: number;
  /** Thresholds of single classes, by name; they win over `confidence_threshold`. */
  readonly class_thresholds?: Readonly<Record<string, number>>;
  /** 0 to 1: overlap at which the weaker of two boxes of a class is dropped. Default 0.45. */
  readonly iou_threshold?: number;
  /** Names of the classes in the order of the model's outputs; they win over the metadata's. */
  readonly labels?: readonly string[];
  /** Text classification by keywords: category → words or phrases. */
  readonly categories?: Readonly<Record<string, readonly string[]>>;
  /** Which versions answer, with which share. Absent: the version that the channel names. */
  readonly traffic?: {
    /** Version → share; the shares are weighed against each other. */
    readonly weights?: Readonly<Record<string, number>>;
    /** Name of a request header whose value decides the version, so that one user stays with one version. */
    readonly sticky_header?: string;
    readonly sticky_cookie?: string;
    /** A version that is asked too, and whose answers are only compared. */
    readonly shadow?: string;
  };
  /** When a version is taken back by itself. */
  readonly rollback?: {
    /** 0 to 1, share of failed predictions in the window. */
    readonly max_error_rate?: number;
    /** 95th percentile, milliseconds. */
    readonly max_latency_ms?: number;
    /** 0 to 1, share of answers with non-finite numbers. */
    readonly max_non_finite?: number;
    /** Predictions looked at; default 100, and none is judged before 20. */
    readonly window?: number;
  };
  /** Predictions in the queue before others are refused. */
  readonly max_queue?: number;
  /** Milliseconds until a prediction's child is ended. */
  readonly timeout_ms?: number;
}
