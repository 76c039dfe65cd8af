cat <<EOF
never ends $(cat <<X
