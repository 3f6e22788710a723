using System.Text.Json.Serialization;

namespace Shale.Cli.Bench.Gate;

/// <summary>How text is written as JSON.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class TextJsonContext : JsonSerializerContext;
