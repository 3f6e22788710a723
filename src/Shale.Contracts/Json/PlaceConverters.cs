using System.Text.Json;
using System.Text.Json.Serialization;

namespace Shale.Contracts;

/// <summary>A place in a log: its number.</summary>
internal sealed class LsnConverter : JsonConverter<Lsn>
{
    public override Lsn Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(SafeIntegerConverter.Read(ref reader));

    public override void Write(Utf8JsonWriter writer, Lsn value, JsonSerializerOptions options) => SafeIntegerConverter.Write(writer, value.Value);
}

/// <summary>A time of a commit: its number, which is a string.</summary>
internal sealed class HlcTimestampConverter : JsonConverter<HlcTimestamp>
{
    public override HlcTimestamp Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(SafeIntegerConverter.Read(ref reader));

    public override void Write(Utf8JsonWriter writer, HlcTimestamp value, JsonSerializerOptions options) => SafeIntegerConverter.Write(writer, value.Value);
}
