namespace Shale.Postgres.Wire;

/// <summary>The first byte of what servers send.</summary>
internal enum BackendMessage : byte
{
    Authentication = (byte)'R',
    BackendKeyData = (byte)'K',
    CommandComplete = (byte)'C',
    DataRow = (byte)'D',
    EmptyQueryResponse = (byte)'I',
    ErrorResponse = (byte)'E',
    NegotiateProtocolVersion = (byte)'v',
    NoticeResponse = (byte)'N',
    ParameterStatus = (byte)'S',
    ReadyForQuery = (byte)'Z',
    RowDescription = (byte)'T',
}
