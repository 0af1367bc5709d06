/*
 * What Gatun calls of Qualcomm's QNN, core API 2.40; see README.md beside this folder for where it comes from.
 *
 * Enumerations are 32-bit numbers.
 */
#ifndef GATUN_QNN_INTERFACE_H
#define GATUN_QNN_INTERFACE_H

#include <stdint.h>

#define QNN_SUCCESS 0

/* Zero or an error code; see "Error codes" of the documentation. */
typedef uint64_t Qnn_ErrorHandle_t;

typedef void *Qnn_LogHandle_t;
typedef void *Qnn_BackendHandle_t;
typedef void *Qnn_DeviceHandle_t;
typedef void *Qnn_ContextHandle_t;
typedef void *Qnn_GraphHandle_t;
typedef void *Qnn_ProfileHandle_t;
typedef void *Qnn_SignalHandle_t;

typedef struct {
  uint32_t major;
  uint32_t minor;
  uint32_t patch;
} Qnn_Version_t;

typedef struct {
  Qnn_Version_t coreApiVersion;
  Qnn_Version_t backendApiVersion;
} Qnn_ApiVersion_t;

/* Elements of tensors. */
#define QNN_DATATYPE_INT_8 0x0008
#define QNN_DATATYPE_INT_32 0x0032
#define QNN_DATATYPE_UINT_8 0x0108
#define QNN_DATATYPE_UINT_32 0x0132
#define QNN_DATATYPE_FLOAT_16 0x0216
#define QNN_DATATYPE_FLOAT_32 0x0232
#define QNN_DATATYPE_SFIXED_POINT_8 0x0308
#define QNN_DATATYPE_SFIXED_POINT_16 0x0316
#define QNN_DATATYPE_SFIXED_POINT_32 0x0332
#define QNN_DATATYPE_UFIXED_POINT_8 0x0408
#define QNN_DATATYPE_UFIXED_POINT_16 0x0416
#define QNN_DATATYPE_BOOL_8 0x0508

/* Who writes and reads a tensor. */
#define QNN_TENSOR_TYPE_APP_WRITE 0
#define QNN_TENSOR_TYPE_APP_READ 1
#define QNN_TENSOR_TYPE_NATIVE 3
#define QNN_TENSOR_TYPE_STATIC 4

#define QNN_DEFINITION_UNDEFINED 0x7FFFFFFF
#define QNN_QUANTIZATION_ENCODING_SCALE_OFFSET 0
#define QNN_QUANTIZATION_ENCODING_AXIS_SCALE_OFFSET 1
#define QNN_QUANTIZATION_ENCODING_BW_AXIS_SCALE_OFFSET 3
#define QNN_QUANTIZATION_ENCODING_UNDEFINED 0x7FFFFFFF

typedef struct {
  float scale;
  int32_t offset;
} Qnn_ScaleOffset_t;

/* One scale and offset for each index of an axis. */
typedef struct {
  int32_t axis;
  uint32_t numScaleOffsets;
  Qnn_ScaleOffset_t *scaleOffset;
} Qnn_AxisScaleOffset_t;

/* The same for codes of fewer bits than their elements have, in the low ones. */
typedef struct {
  uint32_t bitwidth;
  int32_t axis;
  uint32_t numElements;
  float *scales;
  int32_t *offsets;
} Qnn_BwAxisScaleOffset_t;

/* How codes stand for numbers. The longest of its encodings has 32 bytes. */
typedef struct {
  uint32_t encodingDefinition;
  uint32_t quantizationEncoding;
  union {
    Qnn_ScaleOffset_t scaleOffsetEncoding;
    Qnn_AxisScaleOffset_t axisScaleOffsetEncoding;
    Qnn_BwAxisScaleOffset_t bwAxisScaleOffsetEncoding;
    uint64_t otherEncodings[4];
  };
} Qnn_QuantizeParams_t;

typedef struct {
  void *data;
  uint32_t dataSize;
} Qnn_ClientBuffer_t;

#define QNN_TENSORMEMTYPE_RAW 0
#define QNN_TENSORMEMTYPE_MEMHANDLE 1

/* Memory that a backend was told of. */
typedef void *Qnn_MemHandle_t;

typedef struct {
  uint32_t id;
  const char *name;
  uint32_t type;
  uint32_t dataFormat;
  uint32_t dataType;
  Qnn_QuantizeParams_t quantizeParams;
  uint32_t rank;
  uint32_t *dimensions;
  uint32_t memType;
  union {
    Qnn_ClientBuffer_t clientBuf;
    Qnn_MemHandle_t memHandle;
  };
} Qnn_TensorV1_t;

/* Version 1 is used here; the second one is longer, and arrays of tensors are that far apart. */
typedef struct {
  uint32_t version;
  union {
    Qnn_TensorV1_t v1;
    uint64_t longest[17];
  };
} Qnn_Tensor_t;

/* One number, of the type that dataType names. */
typedef struct {
  uint32_t dataType;
  union {
    float floatValue;
    uint32_t uint32Value;
    int32_t int32Value;
    uint8_t bool8Value;
    uint64_t longest;
  };
} Qnn_Scalar_t;

#define QNN_PARAMTYPE_SCALAR 0
#define QNN_PARAMTYPE_TENSOR 1

/* A parameter of an operator, by name. */
typedef struct {
  uint32_t paramType;
  const char *name;
  union {
    Qnn_Scalar_t scalarParam;
    Qnn_Tensor_t tensorParam;
  };
} Qnn_Param_t;

typedef struct {
  const char *name;
  const char *packageName;
  const char *typeName;
  uint32_t numOfParams;
  Qnn_Param_t *params;
  uint32_t numOfInputs;
  Qnn_Tensor_t *inputTensors;
  uint32_t numOfOutputs;
  Qnn_Tensor_t *outputTensors;
} Qnn_OpConfigV1_t;

typedef struct {
  uint32_t version;
  union {
    Qnn_OpConfigV1_t v1;
  };
} Qnn_OpConfig_t;

typedef Qnn_ErrorHandle_t (*QnnBackend_CreateFn_t)(Qnn_LogHandle_t log, const void **config, Qnn_BackendHandle_t *backend);
typedef Qnn_ErrorHandle_t (*QnnBackend_GetApiVersionFn_t)(Qnn_ApiVersion_t *version);
typedef Qnn_ErrorHandle_t (*QnnBackend_GetBuildIdFn_t)(const char **id);
typedef Qnn_ErrorHandle_t (*QnnBackend_ValidateOpConfigFn_t)(Qnn_BackendHandle_t backend, Qnn_OpConfig_t config);
typedef Qnn_ErrorHandle_t (*QnnBackend_FreeFn_t)(Qnn_BackendHandle_t backend);
typedef Qnn_ErrorHandle_t (*QnnContext_CreateFn_t)(Qnn_BackendHandle_t backend, Qnn_DeviceHandle_t device, const void **config,
                                                   Qnn_ContextHandle_t *context);
typedef Qnn_ErrorHandle_t (*QnnContext_GetBinarySizeFn_t)(Qnn_ContextHandle_t context, uint64_t *size);
typedef Qnn_ErrorHandle_t (*QnnContext_GetBinaryFn_t)(Qnn_ContextHandle_t context, void *buffer, uint64_t size, uint64_t *written);
typedef Qnn_ErrorHandle_t (*QnnContext_CreateFromBinaryFn_t)(Qnn_BackendHandle_t backend, Qnn_DeviceHandle_t device,
                                                             const void **config, const void *binary, uint64_t size,
                                                             Qnn_ContextHandle_t *context, Qnn_ProfileHandle_t profile);
typedef Qnn_ErrorHandle_t (*QnnContext_FreeFn_t)(Qnn_ContextHandle_t context, Qnn_ProfileHandle_t profile);
typedef Qnn_ErrorHandle_t (*QnnGraph_CreateFn_t)(Qnn_ContextHandle_t context, const char *name, const void **config,
                                                 Qnn_GraphHandle_t *graph);
typedef Qnn_ErrorHandle_t (*QnnGraph_AddNodeFn_t)(Qnn_GraphHandle_t graph, Qnn_OpConfig_t config);
typedef Qnn_ErrorHandle_t (*QnnGraph_FinalizeFn_t)(Qnn_GraphHandle_t graph, Qnn_ProfileHandle_t profile, Qnn_SignalHandle_t signal);
typedef Qnn_ErrorHandle_t (*QnnGraph_RetrieveFn_t)(Qnn_ContextHandle_t context, const char *name, Qnn_GraphHandle_t *graph);
typedef Qnn_ErrorHandle_t (*QnnGraph_ExecuteFn_t)(Qnn_GraphHandle_t graph, const Qnn_Tensor_t *inputs, uint32_t numInputs,
                                                  Qnn_Tensor_t *outputs, uint32_t numOutputs, Qnn_ProfileHandle_t profile,
                                                  Qnn_SignalHandle_t signal);
typedef Qnn_ErrorHandle_t (*QnnTensor_CreateGraphTensorFn_t)(Qnn_GraphHandle_t graph, Qnn_Tensor_t *tensor);

#define QNN_MEM_TYPE_ION 1

typedef struct {
  uint32_t numDim;
  uint32_t *dimSize;
  const char *shapeConfig;
} Qnn_MemShape_t;

/* Memory of a tensor that processors share: a file descriptor of the kernel's. */
typedef struct {
  Qnn_MemShape_t memShape;
  uint32_t dataType;
  uint32_t memType;
  union {
    int32_t fd;
    uint64_t longest[2];
  };
} Qnn_MemDescriptor_t;

typedef Qnn_ErrorHandle_t (*QnnMem_RegisterFn_t)(Qnn_ContextHandle_t context, const Qnn_MemDescriptor_t *descriptors, uint32_t count,
                                                 Qnn_MemHandle_t *handles);
typedef Qnn_ErrorHandle_t (*QnnMem_DeRegisterFn_t)(const Qnn_MemHandle_t *handles, uint32_t count);

#define QNN_LOG_LEVEL_ERROR 1

/* Receives messages, from any thread: a format of printf's, and its arguments as a va_list, which every platform passes by address. */
typedef void (*QnnLog_Callback_t)(const char *format, uint32_t level, uint64_t timestamp, void *arguments);
typedef Qnn_ErrorHandle_t (*QnnLog_CreateFn_t)(QnnLog_Callback_t callback, uint32_t maxLevel, Qnn_LogHandle_t *log);
typedef Qnn_ErrorHandle_t (*QnnLog_FreeFn_t)(Qnn_LogHandle_t log);

#define QNN_PROFILE_LEVEL_DETAILED 2

/* One measurement; its identifier belongs to the profile. */
typedef struct {
  uint32_t type;
  uint32_t unit;
  uint64_t value;
  const char *identifier;
} QnnProfile_EventData_t;

/* Events are numbers, which belong to the profile until it is used again. */
typedef Qnn_ErrorHandle_t (*QnnProfile_CreateFn_t)(Qnn_BackendHandle_t backend, uint32_t level, Qnn_ProfileHandle_t *profile);
typedef Qnn_ErrorHandle_t (*QnnProfile_GetEventsFn_t)(Qnn_ProfileHandle_t profile, const uint64_t **events, uint32_t *count);
typedef Qnn_ErrorHandle_t (*QnnProfile_GetSubEventsFn_t)(uint64_t event, const uint64_t **events, uint32_t *count);
typedef Qnn_ErrorHandle_t (*QnnProfile_GetEventDataFn_t)(uint64_t event, QnnProfile_EventData_t *data);
typedef Qnn_ErrorHandle_t (*QnnProfile_FreeFn_t)(Qnn_ProfileHandle_t profile);

#define QNN_HTP_DEVICE_INFRASTRUCTURE_TYPE_PERF 0
#define QNN_HTP_PERF_INFRASTRUCTURE_POWER_CONFIGOPTION_DCVS_V3 1
#define QNN_HTP_PERF_INFRASTRUCTURE_POWERMODE_PERFORMANCE_MODE 0x10

/* Voltages that clocks follow; the numbers between are other steps. */
#define DCVS_VOLTAGE_VCORNER_SVS 0x40
#define DCVS_VOLTAGE_VCORNER_NOM_PLUS 0x70
#define DCVS_VOLTAGE_VCORNER_MAX_VOLTAGE_CORNER 0xA0

/* A wish about clocks and sleep; each "set" says whether what follows it counts. */
typedef struct {
  uint32_t contextId;
  uint32_t setDcvsEnable;
  uint32_t dcvsEnable;
  uint32_t powerMode;
  uint32_t setSleepLatency;
  uint32_t sleepLatency;
  uint32_t setSleepDisable;
  uint32_t sleepDisable;
  uint32_t setBusParams;
  uint32_t busVoltageCornerMin;
  uint32_t busVoltageCornerTarget;
  uint32_t busVoltageCornerMax;
  uint32_t setCoreParams;
  uint32_t coreVoltageCornerMin;
  uint32_t coreVoltageCornerTarget;
  uint32_t coreVoltageCornerMax;
} QnnHtpPerfInfrastructure_DcvsV3_t;

typedef struct {
  uint32_t option;
  union {
    QnnHtpPerfInfrastructure_DcvsV3_t dcvsV3Config;
  };
} QnnHtpPerfInfrastructure_PowerConfig_t;

typedef Qnn_ErrorHandle_t (*QnnHtpPerfInfrastructure_CreatePowerConfigIdFn_t)(uint32_t device, uint32_t core, uint32_t *id);
typedef Qnn_ErrorHandle_t (*QnnHtpPerfInfrastructure_DestroyPowerConfigIdFn_t)(uint32_t id);
/* The configurations end with a null. */
typedef Qnn_ErrorHandle_t (*QnnHtpPerfInfrastructure_SetPowerConfigFn_t)(uint32_t id, const void **configs);

/* What the NPU's library offers beside graphs. */
typedef struct {
  uint32_t infraType;
  QnnHtpPerfInfrastructure_CreatePowerConfigIdFn_t createPowerConfigId;
  QnnHtpPerfInfrastructure_DestroyPowerConfigIdFn_t destroyPowerConfigId;
  QnnHtpPerfInfrastructure_SetPowerConfigFn_t setPowerConfig;
} QnnHtpDevice_Infrastructure_t;

typedef Qnn_ErrorHandle_t (*QnnDevice_GetInfrastructureFn_t)(const void **infrastructure);

/* The table's start. */
typedef struct {
  void *propertyHasCapability;
  QnnBackend_CreateFn_t backendCreate;
  void *backendSetConfig;
  QnnBackend_GetApiVersionFn_t backendGetApiVersion;
  QnnBackend_GetBuildIdFn_t backendGetBuildId;
  void *backendRegisterOpPackage;
  void *backendGetSupportedOperations;
  QnnBackend_ValidateOpConfigFn_t backendValidateOpConfig;
  QnnBackend_FreeFn_t backendFree;
  QnnContext_CreateFn_t contextCreate;
  void *contextSetConfig;
  QnnContext_GetBinarySizeFn_t contextGetBinarySize;
  QnnContext_GetBinaryFn_t contextGetBinary;
  QnnContext_CreateFromBinaryFn_t contextCreateFromBinary;
  QnnContext_FreeFn_t contextFree;
  QnnGraph_CreateFn_t graphCreate;
  void *graphCreateSubgraph;
  void *graphSetConfig;
  QnnGraph_AddNodeFn_t graphAddNode;
  QnnGraph_FinalizeFn_t graphFinalize;
  QnnGraph_RetrieveFn_t graphRetrieve;
  QnnGraph_ExecuteFn_t graphExecute;
  void *graphExecuteAsync;
  void *tensorCreateContextTensor;
  QnnTensor_CreateGraphTensorFn_t tensorCreateGraphTensor;
  QnnLog_CreateFn_t logCreate;
  void *logSetLogLevel;
  QnnLog_FreeFn_t logFree;
  QnnProfile_CreateFn_t profileCreate;
  void *profileSetConfig;
  QnnProfile_GetEventsFn_t profileGetEvents;
  QnnProfile_GetSubEventsFn_t profileGetSubEvents;
  QnnProfile_GetEventDataFn_t profileGetEventData;
  void *profileGetExtendedEventData;
  QnnProfile_FreeFn_t profileFree;
  QnnMem_RegisterFn_t memRegister;
  QnnMem_DeRegisterFn_t memDeRegister;
  void *deviceGetPlatformInfo;
  void *deviceFreePlatformInfo;
  QnnDevice_GetInfrastructureFn_t deviceGetInfrastructure;
} QnnInterface_ImplementationV2_40_t;

#define QNN_INTERFACE_VER_TYPE QnnInterface_ImplementationV2_40_t

typedef struct {
  uint32_t backendId;
  const char *providerName;
  Qnn_ApiVersion_t apiVersion;
  union {
    QNN_INTERFACE_VER_TYPE v2_40;
  };
} QnnInterface_t;

/* Found in each library of a backend by its name. */
Qnn_ErrorHandle_t QnnInterface_getProviders(const QnnInterface_t ***providerList, uint32_t *numProviders);

#endif
